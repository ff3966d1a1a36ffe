import { expect, test } from 'vitest';
import type { Env, EnvBatch } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { add, conjugate, dot, multiply, type Quat, rotate, subtract, type Vec3 } from '../../envs/math/rotation.ts';
import { movingBodiesOf } from '../../envs/model/free-body.ts';
import { siteOf } from '../../envs/model/tree.ts';
import type { Frame, Joint } from '../../envs/model/types.ts';
import { width } from '../../envs/spec.ts';
import { checkEnv } from '../../src/check/check-env.ts';
import { distance, episodeBytes, limitsOf, randomAction, slotBytes, vec3 } from './support.ts';

/** Episodes that `play` runs side by side. */
export const slots = 32;

/** One episode in every slot with random actions; `look` is called after the start (t = 0) and after every step. */
export function play(env: Env, look: (batch: EnvBatch, t: number) => void): void {
  const size = width(env.spec.act);
  const random = stream(1, 'noise');
  const batch = env.open(slots);
  try {
    for (let slot = 0; slot < slots; slot++) batch.start(slot, 1000 + slot);
    look(batch, 0);
    for (let t = 1; t <= env.spec.horizon; t++) {
      batch.step(randomAction(slots * size, random));
      look(batch, t);
    }
  } finally {
    batch.close();
  }
}

/** Pose of a body in a slot. */
export function poseOf(batch: EnvBatch, bodies: number, slot: number, body: number) {
  const at = (slot * bodies + body) * 7;
  const [x, y, z, w] = batch.pose.subarray(at + 3, at + 7);
  return { position: vec3(batch.pose, at), rotation: [x, y, z, w] as Quat };
}

/**
 * Tests of what every environment keeps to, whatever its task.
 * @param short the same with episodes of two steps
 */
export function testContract(env: Env, short: Env): void {
  const { spec, scene } = env;
  const sizes = { obs: width(spec.obs), act: width(spec.act), params: width(spec.params), bodies: spec.bodies.length };
  const { model, frame } = scene.arm;

  test('has a spec in which everything has its place', () => {
    for (const field of [...spec.obs, ...spec.act, ...spec.params, ...spec.dynamics]) {
      expect(Number.isInteger(field.size) && field.size > 0, field.name).toBe(true);
      for (const text of [field.name, field.unit, field.description]) expect(text, field.name).not.toBe('');
      if (field.low !== undefined && field.high !== undefined) expect(field.low).toBeLessThan(field.high);
    }
    expect(spec.params.length).toBeGreaterThan(0);
  });

  test('keeps to all that is checked of a stranger', () => {
    for (const one of [env, short]) expect(checkEnv(one)).toEqual([]);
  });

  test('has a scene that says where every body is', () => {
    const links = model.bodies.slice(1).map((body) => body.name);
    expect(movingBodiesOf(scene)).toEqual(spec.bodies);
    expect(spec.bodies.slice(0, links.length)).toEqual(links);
    expect(spec.controller.scale).toBeGreaterThan(0);
    expect(siteOf(model, model.tip).body).toBeGreaterThanOrEqual(0);
    expect(siteOf(model, model.tip).body).toBeLessThan(sizes.bodies);
    // One joint for each body, its parent before it: a pose is that of the parent, the joint's frame, and a turn about
    // the joint's axis, or a way along it, within its limits.
    expect(model.joints.map((joint) => joint.child)).toEqual(links);
    play(env, (batch) => {
      for (const joint of model.joints) {
        const [low, high] = limitsOf(joint);
        const child = spec.bodies.indexOf(joint.child);
        // -1 is the base.
        const parent = spec.bodies.indexOf(joint.parent);
        expect(parent).toBeLessThan(child);
        if (parent < 0) expect(joint.parent).toBe(model.bodies[0].name);
        const from = parent < 0 ? frame : poseOf(batch, sizes.bodies, 7, parent);
        const found = poseOf(batch, sizes.bodies, 7, child);
        const { angle: turned, way, beside } = displacementOf(joint, from, found);
        expect(beside).toBeLessThan(1e-5);
        const middle = Number.isFinite(low) ? (low + high) / 2 : 0;
        const turns = Math.round((turned - middle) / (2 * Math.PI));
        const angle = joint.kind === 'prismatic' ? way : turned - 2 * Math.PI * turns;
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
    play(env, (batch) => {
      for (const array of [batch.obs, batch.reward, batch.terms, batch.params, batch.pose]) {
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

  test('rewards by the sum of its terms', () => {
    const count = spec.terms.length;
    play(env, (batch, t) => {
      for (let slot = 0; slot < slots; slot++) {
        const sum = batch.terms.subarray(slot * count, (slot + 1) * count).reduce((a, b) => a + b, 0);
        expect(batch.reward[slot]).toBe(sum);
        if (t === 0) expect(sum).toBe(0);
      }
    });
  });

  test('ends by the horizon with a future (discount 1), or by its own decision without one (discount 0)', () => {
    const ended = new Array<number>(slots).fill(0);
    play(env, (batch, t) => {
      for (let slot = 0; slot < slots; slot++) {
        if (ended[slot]) {
          // It rests, and goes on saying so.
          expect(batch.last[slot]).toBe(1);
          continue;
        }
        const [last, discount] = [batch.last[slot], batch.discount[slot]];
        if (t === 0) expect([last, discount]).toEqual([0, 1]);
        else if (discount === 0) {
          expect(last).toBe(1);
        } else expect([last, discount]).toEqual([t === spec.horizon ? 1 : 0, 1]);
        if (last) ended[slot] = t;
      }
    });
    expect(ended.every((t) => t > 0)).toBe(true);
    expect(ended.includes(spec.horizon)).toBe(true);
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
}

/** How far a body is turned about a joint's axis, rad, and moved along it, m, and how much of it is neither. */
function displacementOf({ kind, axis, frame }: Joint, from: Frame, found: Frame) {
  const carrier = multiply(from.rotation, frame.rotation);
  const origin = add(from.position, rotate(from.rotation, frame.position));
  const moved = rotate(conjugate(carrier), subtract(found.position, origin));
  const [x, y, z, w] = multiply(conjugate(carrier), found.rotation);
  const along = dot([x, y, z], axis);
  const way = dot(moved, axis);
  const slides = kind === 'prismatic';
  const scaled = (by: number): Vec3 => [by * axis[0], by * axis[1], by * axis[2]];
  const beside = Math.max(
    distance(moved, slides ? scaled(way) : [0, 0, 0]),
    distance([x, y, z], slides ? [0, 0, 0] : scaled(along)),
  );
  return { angle: 2 * Math.atan2(along, w), way, beside };
}
