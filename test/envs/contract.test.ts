import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import type { EnvBatch } from '../../envs/env.ts';
import { angleBetween } from '../../envs/math/orientation.ts';
import { add, identity, multiply, rotate } from '../../envs/math/rotation.ts';
import { siteOf } from '../../envs/model/tree.ts';
import type { Arm } from '../../envs/model/types.ts';
import { type OptionValue, resolveOptions } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { type Field, type Marker, offsetOf, width } from '../../envs/spec.ts';
import { budgetOf } from '../../envs/task.ts';
import { dmControlArm } from '../../envs/tasks/dm-control-arm.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { play, poseOf, slots, testContract } from './contract.ts';
import { distance, everyCase, goalBoxOf, openEnv, taskOf, vec3 } from './support.ts';

beforeAll(loadPhysics);

/** Arms of tasks that bring their own. */
const ownArm: Readonly<Record<string, Arm>> = { 'reacher-easy': dmControlArm, 'reacher-hard': dmControlArm };

describe.each(everyCase)('$task on $arm', ({ task: name, arm }) => {
  // What holds of fifty steps holds of more.
  const brief = Object.entries({ horizon: 50, goalSteps: 20 }).filter(([option]) => option in tasks[name].options);
  // Random play of a long arm, and of things, comes across goals that are wider.
  const goalRadius = { reach: 0.1, 'panda-push': 0.1, 'panda-pick-and-place': 0.15, 'panda-slide': 0.3 }[name];
  const wider: Record<string, OptionValue> = goalRadius ? { goalRadius } : {};
  const open = (options: Record<string, OptionValue> = {}) =>
    openEnv(name, arm, { ...Object.fromEntries(brief), ...wider, ...options });
  const env = open();
  const { spec, scene } = env;
  const sizes = { obs: width(spec.obs), params: width(spec.params), bodies: spec.bodies.length };
  const { model, frame } = scene.arm;
  /** Where a goal begins among the parameters, and the radius around it that counts; 0 where none does. */
  const [{ param, radius = 0 }] = spec.markers;
  const at = offsetOf(spec.params, param);
  const endsOnSuccess = Object.hasOwn(tasks[name].options, 'endsOnSuccess');
  const goalOf = (batch: EnvBatch, slot: number) => vec3(batch.params, slot * sizes.params + at);

  testContract(env, open({ horizon: 2 }));

  test('is what was asked for', () => {
    expect(spec.name).toBe(name);
    expect(model.name).toBe(arm);
    // What touches has more to it: colliders, fingers.
    if (!scene.contacts) expect(model).toBe(ownArm[name] ?? arms[arm]);
    if (!ownArm[name]) expect(model.joints.slice(0, arms[arm].joints.length)).toEqual(arms[arm].joints);
    expect(spec.hasSuccess).toBe(radius > 0);
    expect(budgetOf(tasks[name], resolveOptions(tasks[name].options, {}, name))).toBeGreaterThan(spec.horizon);
  });

  test('observes nothing that never changes', () => {
    const low = new Float32Array(sizes.obs).fill(Infinity);
    const high = new Float32Array(sizes.obs).fill(-Infinity);
    play(env, (batch) => {
      batch.obs.forEach((value, i) => {
        low[i % sizes.obs] = Math.min(low[i % sizes.obs], value);
        high[i % sizes.obs] = Math.max(high[i % sizes.obs], value);
      });
    });
    // By definition constant: the height of whatever belongs to an arm that lies in a horizontal plane, two axes of which may follow
    // one another in a field.
    const flat = (field: Field, k: number) => {
      const isOnTable = name === 'panda-push' || name === 'panda-slide';
      if (isOnTable && field.name === 'desired_goal') return k === 2;
      return arm === 'planar' && field.name !== 'q' && field.size % 3 === 0 && k % 3 === 2;
    };
    let at = 0;
    for (const field of spec.obs) {
      for (let k = 0; k < field.size; k++, at++) {
        // Random play hardly touches a thing: it stays at its height, and as it was. panda-object.test.ts holds each number to what it is of.
        if (['object_position', 'achieved_goal'].includes(field.name) && k === 2 && scene.contacts) continue;
        if (/^object_(rotation|velocity|angular_velocity)$/.test(field.name)) continue;
        // Float32 noise about a constant is not a change.
        const still = high[at] - low[at] < 1e-4;
        expect(still, `${field.name}[${k}] from ${low[at]} to ${high[at]}`).toBe(flat(field, k));
      }
    }
  });

  test('terminates where it succeeds, and nowhere else', () => {
    const ended = new Set<number>();
    let terminated = 0;
    play(env, (batch) => {
      for (let slot = 0; slot < slots; slot++) {
        if (ended.has(slot)) continue;
        if (batch.last[slot]) ended.add(slot);
        if (batch.discount[slot] !== 0) continue;
        expect([batch.last[slot], batch.success[slot]]).toEqual([1, 1]);
        terminated++;
      }
    });
    // 32 episodes of random play reach some goal of a task that ends there; the others never terminate.
    if (endsOnSuccess) expect(terminated).toBeGreaterThan(0);
    else expect(terminated).toBe(0);
  });

  test('says success exactly while what is to be at the goal is within it', () => {
    let [inside, outside] = [0, 0];
    // The end effector, or the object.
    const middle = { frame: { position: [0, 0, 0], rotation: identity } } as const;
    const { site, body } = scene.objects.length
      ? { site: middle, body: model.joints.length }
      : siteOf(model, model.tip);
    const lookAt = ([{ radius = 0, rotation: turn, angle = Infinity }]: readonly Marker[]) => {
      const turnAt = turn === undefined ? -1 : offsetOf(spec.params, turn);
      return (batch: EnvBatch, t: number) => {
        if (t === 0) return;
        for (let slot = 0; slot < slots; slot++) {
          const { position, rotation } = poseOf(batch, sizes.bodies, slot, body);
          const tip = add(position, rotate(rotation, site.frame.position));
          const away = distance(tip, goalOf(batch, slot));
          const [x, y, z, w] = batch.params.subarray(slot * sizes.params + turnAt);
          const turned = turnAt < 0 ? 0 : angleBetween(multiply(rotation, site.frame.rotation), [x, y, z, w]);
          // The poses are rounded to float32.
          if (Math.abs(away - radius) < 1e-5 || Math.abs(turned - angle) < 1e-5) continue;
          const isInside = away < radius && turned < angle;
          expect(batch.success[slot], `${away} m and ${turned} rad away`).toBe(isInside ? 1 : 0);
          if (isInside) inside++;
          else outside++;
        }
      };
    };
    play(env, lookAt(spec.markers));
    // Where success does not end an episode it also goes away again.
    if (endsOnSuccess) play(open({ endsOnSuccess: false }), lookAt(spec.markers));
    // What random play does not come across is reached where more counts.
    else if (radius > 0) {
      const angles = Object.keys(tasks[name].options).filter((option) => option === 'goalAngle');
      const wide = openEnv(name, arm, {
        goalRadius: 0.3,
        ...Object.fromEntries(angles.map((option) => [option, 0.8])),
      });
      play(wide, lookAt(wide.spec.markers));
    }
    expect(outside).toBeGreaterThan(0);
    if (radius > 0) expect(inside).toBeGreaterThan(0);
  });

  test('draws goals from its region, other ones from other seeds', () => {
    const batch = env.open(1);
    const seen = new Set<string>();
    const goals = Array.from({ length: 300 }, (_, seed) => {
      batch.start(0, seed);
      seen.add(batch.params.join());
      return goalOf(batch, 0);
    });
    batch.close();
    expect(seen.size).toBe(300);
    // Goals of a posture are in no box; they have tests of their own.
    if (!tasks[name].arms) return;
    const task = taskOf(name, arms[arm]);
    const height = frame.position[2];
    const disk = { low: [-0.2, -0.2, height], high: [0.2, 0.2, height] };
    const isDisk = name.startsWith('reacher');
    const { low, high } = isDisk ? disk : goalBoxOf(task);
    for (let i = 0; i < 3; i++) expect(low[i]).toBeLessThanOrEqual(high[i]);
    for (const goal of goals) {
      if (isDisk) {
        expect(Math.hypot(goal[0], goal[1])).toBeLessThan(0.2 + 1e-7);
        continue;
      }
      goal.forEach((x, i) => {
        // The goal is float32.
        expect(x).toBeGreaterThanOrEqual(low[i] - 1e-7);
        expect(x).toBeLessThanOrEqual(high[i] + 1e-7);
      });
    }
    for (let i = 0; i < 3; i++) {
      const size = high[i] - low[i];
      const found = Math.max(...goals.map((goal) => goal[i])) - Math.min(...goals.map((goal) => goal[i]));
      // 300 draws leave a tenth of a box's side empty at one of its ends with a chance of 2 x 0.9^300 = 4e-14, and of a
      // disk, whose ends are thin (a cap of a twentieth of its width holds 1.9 %), with one of 2 x 0.981^300 = 0.6 %.
      expect(found).toBeGreaterThanOrEqual(0.9 * size - 1e-6);
    }
  });
});
