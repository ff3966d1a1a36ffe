import { arms } from '../../envs/arms/index.ts';
import { jointStep } from '../../envs/control/joint-step.ts';
import type { Env, EnvBatch } from '../../envs/env.ts';
import { distance } from '../../envs/math/rotation.ts';
import type { Arm } from '../../envs/model/types.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { defineTask, makeTask, type Task, type TaskParts } from '../../envs/task.ts';

/** A task that is whole: reach a goal, and mind the effort. */
export const whole = defineTask({
  name: 'whole',
  options: {},
  budget: 1000,
  create: (arm: Arm): TaskParts => ({
    controller: jointStep(arm, 0.1),
    obs: [
      { name: 'tip', size: 3, unit: 'm', description: 'tip', low: -2, high: 2 },
      { name: 'goal', size: 3, unit: 'm', description: 'goal' },
    ],
    terms: ['near', 'effort'],
    params: [{ name: 'goal', size: 3, unit: 'm', description: 'goal' }],
    horizon: 20,
    reset(random, _start, goal) {
      for (let i = 0; i < 3; i++) goal[i] = random.between(-0.2, 0.2);
    },
    observe(state, goal, out) {
      out.set(state.site(arm.tip).position, 0);
      out.set(goal, 3);
    },
    reward(state, goal, action, terms) {
      terms[0] = -distance(state.site(arm.tip).position, goal);
      terms[1] = -0.01 * Math.abs(action[0]);
    },
    success: (state, goal) => distance(state.site(arm.tip).position, goal) < 0.05,
  }),
});

/** The same with a part of it broken. */
export function broken(change: (task: Task) => Partial<Task>): Env {
  const task = makeTask(whole, arms.planar, {});
  return createEnv({ ...task, ...change(task) });
}

/** What an episode of the environment below can do wrong. */
export interface Flaws {
  readonly obsLength?: number;
  readonly reward?: number;
  readonly neverEnds?: boolean;
  readonly discount?: number;
  /** Steps after which it is cut off. */
  readonly endsEarly?: number;
  readonly horizon?: number;
  readonly success?: boolean;
  readonly unclipped?: boolean;
  readonly movesParams?: boolean;
  readonly newArrays?: boolean;
  readonly restless?: boolean;
  readonly hiddenBound?: boolean;
  readonly shortReward?: boolean;
  readonly writesActions?: boolean;
  /** What the flags are after the second step. */
  readonly flags?: Partial<Record<'last' | 'fault' | 'success', number>>;
  readonly wakesOthers?: boolean;
  readonly staleStart?: boolean;
}

/** An environment that was never a task: it adds up its actions, and simulates nothing. */
export function summing(flaws: Flaws = {}): Env {
  const like = broken(() => ({ success: undefined }));
  const field = (name: string) => ({ name, size: 1, unit: '1', description: name });
  const spec = {
    ...like.spec,
    joints: undefined,
    name: 'summing',
    obs: [{ ...field('sum'), ...(flaws.hiddenBound && { low: 0, high: 1 }) }],
    act: [{ ...field('push'), low: -1, high: 1 }],
    terms: ['gain', 'cost'],
    params: [field('target')],
    horizon: flaws.horizon ?? 10,
  };
  return { ...like, spec, metrics: [], open: (slots) => openSumming(spec.bodies.length, slots, flaws) };
}

function openSumming(bodies: number, slots: number, flaws: Flaws): EnvBatch {
  const t = new Int32Array(slots).fill(-1);
  const sums = new Float64Array(slots);
  const batch = {
    slots,
    obs: new Float32Array(flaws.obsLength ?? slots),
    reward: flaws.shortReward ? (new Float32Array(slots) as never) : new Float64Array(slots),
    terms: new Float64Array(2 * slots),
    discount: new Float64Array(slots).fill(1),
    last: new Uint8Array(slots),
    success: new Uint8Array(slots),
    fault: new Uint8Array(slots),
    params: new Float32Array(slots),
    dynamics: new Float32Array(0),
    pose: new Float32Array(slots * bodies * 7),
    start(slot: number, seed: number) {
      [t[slot], sums[slot]] = [0, seed % 3];
      [batch.obs[slot], batch.params[slot]] = [sums[slot], seed % 5];
      if (!flaws.staleStart) batch.last[slot] = 0;
      [batch.discount[slot], batch.success[slot], batch.fault[slot]] = [1, 0, 0];
      batch.pose.fill(0.5, slot * bodies * 7, (slot + 1) * bodies * 7);
    },
    step(act: Float32Array) {
      if (flaws.newArrays) batch.obs = batch.obs.slice();
      if (flaws.writesActions) act.fill(0);
      for (let slot = 0; slot < slots; slot++) {
        if (flaws.restless && batch.last[slot]) batch.obs[slot]++;
        if (flaws.wakesOthers) batch.reward[slot] += 1;
        if (t[slot] < 0) continue;
        t[slot]++;
        sums[slot] += flaws.unclipped ? act[slot] : Math.min(Math.max(act[slot], -1), 1);
        batch.obs[slot] = sums[slot];
        batch.terms.set([sums[slot], -1], 2 * slot);
        batch.reward[slot] = sums[slot] - 1 + (flaws.reward ?? 0);
        if (flaws.discount !== undefined && t[slot] === 2) batch.discount[slot] = flaws.discount;
        for (const [flag, value] of Object.entries(flaws.flags ?? {})) {
          if (t[slot] === 2) batch[flag as 'last'][slot] = value;
        }
        if (flaws.success) batch.success[slot] = 1;
        if (flaws.movesParams) batch.params[slot] = t[slot];
        batch.pose.fill(0.5, slot * bodies * 7, (slot + 1) * bodies * 7);
        if (flaws.neverEnds || t[slot] < (flaws.endsEarly ?? flaws.horizon ?? 10)) continue;
        batch.last[slot] = 1;
        t[slot] = -1;
      }
    },
    close() {},
  };
  return batch;
}
