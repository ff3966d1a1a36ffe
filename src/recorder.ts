import { endOf, width } from '../envs/env.ts';
import { type Random, stream } from '../envs/math/random.ts';
import type { Env, EnvBatch, Trajectory } from '../envs/types.ts';
import type { Outlook } from './actor.ts';

/** Widths of a trajectory's columns. */
interface Sizes {
  readonly obs: number;
  readonly act: number;
  readonly terms: number;
  readonly pose: number;
  readonly scale: number;
}

/** Writes down one episode as it runs in a slot of a batch. */
export class Recorder {
  readonly episode: number;
  readonly seed: number;
  readonly noise: Random;
  steps = 0;
  private readonly batch: EnvBatch;
  private readonly slot: number;
  private readonly sizes: Sizes;
  private readonly columns;

  constructor(env: Env, scaleSize: number, batch: EnvBatch, at: { slot: number; episode: number; seed: number }) {
    const { spec } = env;
    const steps = spec.horizon;
    const sizes: Sizes = {
      obs: width(spec.obs),
      act: width(spec.act),
      terms: spec.terms.length,
      pose: spec.bodies.length * 7,
      scale: scaleSize,
    };
    this.batch = batch;
    this.slot = at.slot;
    this.episode = at.episode;
    this.seed = at.seed;
    this.noise = stream(at.seed, 'noise');
    this.sizes = sizes;
    this.columns = {
      obs: new Float32Array((steps + 1) * sizes.obs),
      act: new Float32Array(steps * sizes.act),
      logp: new Float64Array(steps),
      reward: new Float64Array(steps),
      terms: new Float64Array(steps * sizes.terms),
      pose: new Float32Array((steps + 1) * sizes.pose),
      mean: new Float64Array(steps * sizes.act),
      scale: new Float64Array(steps * sizes.scale),
      value: new Float64Array(steps + 1),
    };
    this.look();
  }

  /** Notes row `row` of what the actor made of the present observation, and did. */
  decide(row: number, act: Float32Array, { mean, scale, value }: Outlook, logp: number): void {
    const { columns, steps, sizes } = this;
    columns.act.set(act.subarray(row * sizes.act, (row + 1) * sizes.act), steps * sizes.act);
    columns.mean.set(mean.subarray(row * sizes.act, (row + 1) * sizes.act), steps * sizes.act);
    columns.scale.set(scale.subarray(row * sizes.scale, (row + 1) * sizes.scale), steps * sizes.scale);
    columns.logp[steps] = logp;
    columns.value[steps] = value[row];
  }

  observe(): void {
    const { columns, batch, slot, sizes } = this;
    columns.reward[this.steps] = batch.reward[slot];
    columns.terms.set(batch.terms.subarray(slot * sizes.terms, (slot + 1) * sizes.terms), this.steps * sizes.terms);
    this.steps++;
    this.look();
  }

  lastObs(): Float32Array {
    return this.columns.obs.slice(this.steps * this.sizes.obs, (this.steps + 1) * this.sizes.obs);
  }

  finish(lastValue: number): Trajectory {
    const { columns, steps, sizes, batch, slot } = this;
    columns.value[steps] = lastValue;
    return {
      seed: this.seed,
      steps,
      goal: batch.goal.slice(slot * 3, (slot + 1) * 3),
      obs: columns.obs.slice(0, (steps + 1) * sizes.obs),
      act: columns.act.slice(0, steps * sizes.act),
      logp: columns.logp.slice(0, steps),
      reward: columns.reward.slice(0, steps),
      terms: columns.terms.slice(0, steps * sizes.terms),
      pose: columns.pose.slice(0, (steps + 1) * sizes.pose),
      mean: columns.mean.slice(0, steps * sizes.act),
      scale: columns.scale.slice(0, steps * sizes.scale),
      value: columns.value.slice(0, steps + 1),
      success: batch.success[slot] === 1,
      end: endOf(batch, slot),
    };
  }

  private look(): void {
    const { columns, batch, slot, sizes, steps } = this;
    columns.obs.set(batch.obs.subarray(slot * sizes.obs, (slot + 1) * sizes.obs), steps * sizes.obs);
    columns.pose.set(batch.pose.subarray(slot * sizes.pose, (slot + 1) * sizes.pose), steps * sizes.pose);
  }
}
