import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import { add, conjugate, multiply, rotate } from '../../envs/math/rotation.ts';
import { width } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/physics.ts';
import { tasks } from '../../envs/tasks/index.ts';
import type { EnvBatch, Field, Quat } from '../../envs/types.ts';
import { distance, episodeBytes, everyCase, openEnv, randomAction, slotBytes, vec3 } from './support.ts';

beforeAll(loadPhysics);

const slots = 32;

/** Pose of a body in a slot. */
function poseOf(batch: EnvBatch, bodies: number, slot: number, body: number) {
  const at = (slot * bodies + body) * 7;
  const [x, y, z, w] = batch.pose.subarray(at + 3, at + 7);
  return { position: vec3(batch.pose, at), rotation: [x, y, z, w] as Quat };
}

describe.each(everyCase)('$task on $arm', ({ task: name, arm }) => {
  const env = openEnv(name, arm);
  const { spec, scene } = env;
  const sizes = { obs: width(spec.obs), act: width(spec.act), bodies: spec.bodies.length };

  /** One episode in every slot with random actions; `look` is called after the start (t = 0) and after every step. */
  function play(look: (batch: EnvBatch, t: number) => void, of = env): void {
    const random = stream(1, 'noise');
    const batch = of.open(slots);
    try {
      for (let slot = 0; slot < slots; slot++) batch.start(slot, 1000 + slot);
      look(batch, 0);
      for (let t = 1; t <= of.spec.horizon; t++) {
        batch.step(randomAction(slots * sizes.act, random));
        look(batch, t);
      }
    } finally {
      batch.close();
    }
  }

  test('has a spec in which everything has its place', () => {
    expect(spec.name).toBe(name);
    for (const field of [...spec.obs, ...spec.act]) {
      expect(Number.isInteger(field.size) && field.size > 0, field.name).toBe(true);
      for (const text of [field.name, field.unit, field.description]) expect(text, field.name).not.toBe('');
      if (field.low !== undefined && field.high !== undefined) expect(field.low).toBeLessThan(field.high);
    }
    for (const names of [spec.obs.map((f) => f.name), spec.act.map((f) => f.name), spec.terms, spec.bodies]) {
      expect(new Set(names).size).toBe(names.length);
      expect(names.length).toBeGreaterThan(0);
    }
    // Actions are clipped to [-1, 1] whatever the task.
    for (const { low, high } of spec.act) expect([low, high]).toEqual([-1, 1]);
    expect(spec.dt).toBeGreaterThan(0);
    expect(Number.isInteger(spec.horizon) && spec.horizon > 0).toBe(true);
    expect(tasks[name].budget).toBeGreaterThan(spec.horizon);
  });

  test('opens a batch whose arrays fit the spec', () => {
    const batch = env.open(3);
    expect(batch.slots).toBe(3);
    expect(batch.obs).toHaveLength(3 * sizes.obs);
    expect(batch.terms).toHaveLength(3 * spec.terms.length);
    expect(batch.pose).toHaveLength(3 * sizes.bodies * 7);
    expect(batch.goal).toHaveLength(9);
    for (const array of [batch.reward, batch.discount, batch.last, batch.success]) expect(array).toHaveLength(3);
    batch.close();
  });

  test('has a scene that says where every body is', () => {
    expect(scene.arm).toBe(arm);
    expect(scene.bodies.map((body) => body.name)).toEqual(spec.bodies);
    expect(scene.action.scale).toBeGreaterThan(0);
    expect(scene.endEffector.body).toBeLessThan(sizes.bodies);
    // One joint for each body, its parent before it: a pose is that of the parent, the joint's frame, and a turn about
    // the joint's axis within its limits.
    expect(scene.joints.map((joint) => joint.child)).toEqual(spec.bodies.map((_, i) => i));
    play((batch) => {
      for (const { parent, child, position, rotation, axis, low = -Infinity, high = Infinity } of scene.joints) {
        expect(parent).toBeLessThan(child);
        const from = parent < 0 ? scene.base : poseOf(batch, sizes.bodies, 7, parent);
        const found = poseOf(batch, sizes.bodies, 7, child);
        expect(distance(found.position, add(from.position, rotate(from.rotation, position)))).toBeLessThan(1e-5);
        const [x, y, z, w] = multiply(conjugate(multiply(from.rotation, rotation)), found.rotation);
        const along = x * axis[0] + y * axis[1] + z * axis[2];
        expect(distance([x, y, z], [along * axis[0], along * axis[1], along * axis[2]])).toBeLessThan(1e-5);
        const middle = Number.isFinite(low) ? (low + high) / 2 : 0;
        const turned = 2 * Math.atan2(along, w) - middle;
        const angle = middle + turned - 2 * Math.PI * Math.round(turned / (2 * Math.PI));
        // Random play does not slam, but it does lean on the limits.
        expect(angle).toBeGreaterThan(low - 0.05);
        expect(angle).toBeLessThan(high + 0.05);
      }
    });
  });

  test('shows finite numbers, within the bounds that its fields state', () => {
    const bounds = spec.obs.flatMap(({ size, low = -Infinity, high = Infinity }) =>
      new Array<readonly [number, number]>(size).fill([low, high]),
    );
    play((batch) => {
      for (const array of [batch.obs, batch.reward, batch.terms, batch.goal, batch.pose]) {
        expect(
          (array as ArrayLike<number> & { every(f: (x: number) => boolean): boolean }).every(Number.isFinite),
        ).toBe(true);
      }
      batch.obs.forEach((value, i) => {
        const [low, high] = bounds[i % sizes.obs];
        if (value < low || value > high) expect.fail(`observation ${i % sizes.obs} is ${value}`);
      });
      for (let i = 3; i < batch.pose.length; i += 7) {
        expect(Math.abs(Math.hypot(...batch.pose.subarray(i, i + 4)) - 1)).toBeLessThan(1e-5);
      }
    });
  });

  test('observes nothing that never changes', () => {
    const low = new Float32Array(sizes.obs).fill(Infinity);
    const high = new Float32Array(sizes.obs).fill(-Infinity);
    play((batch) => {
      batch.obs.forEach((value, i) => {
        low[i % sizes.obs] = Math.min(low[i % sizes.obs], value);
        high[i % sizes.obs] = Math.max(high[i % sizes.obs], value);
      });
    });
    // By definition constant: the height of whatever belongs to an arm that lies in a horizontal plane.
    const flat = (field: Field, k: number) => arm === 'planar' && field.size === 3 && k === 2;
    let at = 0;
    for (const field of spec.obs) {
      for (let k = 0; k < field.size; k++, at++) {
        // Float32 noise about a constant is not a change.
        const still = high[at] - low[at] < 1e-4;
        expect(still, `${field.name}[${k}] from ${low[at]} to ${high[at]}`).toBe(flat(field, k));
      }
    }
  });

  test('rewards by the sum of its terms', () => {
    const count = spec.terms.length;
    play((batch, t) => {
      for (let slot = 0; slot < slots; slot++) {
        const sum = batch.terms.subarray(slot * count, (slot + 1) * count).reduce((a, b) => a + b, 0);
        expect(batch.reward[slot]).toBe(sum);
        if (t === 0) expect(sum).toBe(0);
      }
    });
  });

  test('ends by the horizon with a future (discount 1), or by its own decision without one (discount 0)', () => {
    const ended = new Array<number>(slots).fill(0);
    let terminated = 0;
    play((batch, t) => {
      for (let slot = 0; slot < slots; slot++) {
        if (ended[slot]) {
          // It rests, and goes on saying so.
          expect(batch.last[slot]).toBe(1);
          continue;
        }
        const [last, discount] = [batch.last[slot], batch.discount[slot]];
        if (t === 0) expect([last, discount]).toEqual([0, 1]);
        else if (discount === 0) {
          expect([last, batch.success[slot]]).toEqual([1, 1]);
          terminated++;
        } else expect([last, discount]).toEqual([t === spec.horizon ? 1 : 0, 1]);
        if (last) ended[slot] = t;
      }
    });
    expect(ended.every((t) => t > 0)).toBe(true);
    expect(ended.includes(spec.horizon)).toBe(true);
    // 32 episodes of random play reach some goal of a task that has them within reach; the others never terminate.
    if (scene.goalRadius > 0) expect(terminated).toBeGreaterThan(0);
    else expect(terminated).toBe(0);
  });

  test('says success exactly while the end effector is within the goal radius', () => {
    let [inside, outside] = [0, 0];
    // Where success does not end an episode it also goes away again.
    const stays = tasks[name].options.some((option) => option.name === 'endsOnSuccess');
    const look = (batch: EnvBatch, t: number) => {
      if (t === 0) return;
      for (let slot = 0; slot < slots; slot++) {
        const { position, rotation } = poseOf(batch, sizes.bodies, slot, scene.endEffector.body);
        const tip = add(position, rotate(rotation, scene.endEffector.position));
        const away = distance(tip, batch.goal.subarray(slot * 3));
        // The poses are rounded to float32.
        if (Math.abs(away - scene.goalRadius) < 1e-5) continue;
        expect(batch.success[slot], `${away} m away`).toBe(away < scene.goalRadius ? 1 : 0);
        if (away < scene.goalRadius) inside++;
        else outside++;
      }
    };
    play(look);
    if (stays) play(look, openEnv(name, arm, { endsOnSuccess: false }));
    expect(outside).toBeGreaterThan(0);
    if (scene.goalRadius > 0) expect(inside).toBeGreaterThan(0);
  });

  test('draws goals from its region, other ones from other seeds', () => {
    const batch = env.open(1);
    const seen = new Set<string>();
    const goals = Array.from({ length: 300 }, (_, seed) => {
      batch.start(0, seed);
      seen.add(batch.goal.join());
      return vec3(batch.goal);
    });
    batch.close();
    expect(seen.size).toBe(300);
    const { low, high } = arms[arm].goals;
    for (const goal of goals) {
      if (scene.goalRadius === 0) {
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
      const size = scene.goalRadius === 0 ? (i === 2 ? 0 : 0.4) : high[i] - low[i];
      const found = Math.max(...goals.map((goal) => goal[i])) - Math.min(...goals.map((goal) => goal[i]));
      // 300 draws leave a tenth of a box's side empty at one of its ends with a chance of 2 x 0.9^300 = 4e-14, and of a
      // disk, whose ends are thin (a cap of a twentieth of its width holds 1.9 %), with one of 2 x 0.981^300 = 0.6 %.
      expect(found).toBeGreaterThanOrEqual(0.9 * size - 1e-6);
    }
  });

  test('plays an episode with the same bytes in any slot, beside any others, after any others', () => {
    const alone = env.open(1);
    const expected = episodeBytes(env, alone, 0, 42);
    expect(episodeBytes(env, alone, 0, 43).equals(expected)).toBe(false);
    expect(episodeBytes(env, alone, 0, 42).equals(expected)).toBe(true);
    alone.close();
    const full = env.open(64);
    const random = stream(2, 'noise');
    let seed = 5000;
    for (let slot = 0; slot < 64; slot++) full.start(slot, seed++);
    const found = episodeBytes(env, full, 37, 42, (t, act) => {
      act.set(randomAction(act.length, random));
      // Episodes end and begin all around, some in the middle of one.
      for (let slot = t % 5; slot < 64; slot += 5)
        if (slot !== 37 && (t % 3 === 0 || full.last[slot])) full.start(slot, seed++);
    });
    full.close();
    expect(found.equals(expected)).toBe(true);
  });

  test('clips actions to the box', () => {
    const batch = env.open(3);
    for (let slot = 0; slot < 3; slot++) batch.start(slot, 7);
    const random = stream(3, 'noise');
    for (let t = 0; t < 5; t++) {
      const signs = Array.from({ length: sizes.act }, () => (random.uniform() < 0.5 ? -1 : 1));
      const act = Float32Array.from([...signs, ...signs.map((s) => 5 * s), ...signs.map((s) => 0.9 * s)]);
      batch.step(act);
      expect(slotBytes(batch, 1).equals(slotBytes(batch, 0))).toBe(true);
      expect(slotBytes(batch, 2).equals(slotBytes(batch, 0))).toBe(false);
    }
    batch.close();
  });

  test('writes into the same arrays, leaves resting slots alone, and starts over from a rest', () => {
    const short = openEnv(name, arm, { horizon: 2 });
    const batch = short.open(3);
    const arrays = { ...batch };
    const act = new Float32Array(3 * sizes.act).fill(0.5);
    batch.start(0, 1);
    batch.start(1, 2);
    const [never, first] = [2, 0].map((slot) => Buffer.from(slotBytes(batch, slot)));
    batch.step(act);
    batch.step(act);
    expect(Array.from(batch.last)).toEqual([1, 1, 0]);
    const resting = Buffer.from(slotBytes(batch, 1));
    batch.start(0, 1);
    expect(slotBytes(batch, 0).equals(first)).toBe(true);
    batch.step(act);
    expect(slotBytes(batch, 0).equals(first)).toBe(false);
    expect(slotBytes(batch, 1).equals(resting)).toBe(true);
    // A slot that was never started stays as it was opened.
    expect(slotBytes(batch, 2).equals(never)).toBe(true);
    expect(batch.obs).toBe(arrays.obs);
    expect(batch.pose).toBe(arrays.pose);
    batch.close();
  });
});
