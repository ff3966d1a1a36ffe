import { type Random, stream } from '../../envs/math/random.ts';
import { endOf, width } from '../../envs/sim/env.ts';
import type { Env, EnvBatch, Trajectory } from '../../envs/types.ts';
import type { ActorOutput } from '../policy/actor.ts';

/** Writes down the episodes of one slot of a batch, one after another. */
export interface Recorder {
  /** Of the episode that runs, or ran last. */
  readonly episode: number;
  readonly steps: number;
  readonly running: boolean;
  /** Starts an episode in the slot. */
  begin(episode: number, seed: number): void;
  /** Copies the present observation to a row of obs [.., O]. */
  show(obs: Float32Array, row: number): void;
  /** The next standard normal of the episode's own stream. */
  noise(): number;
  /** Notes row `row` of what the actor made of the present observation, and did. */
  decide(row: number, act: Float32Array, outlook: ActorOutput, logp: number): void;
  /** Copies the action decided on to the slot's row of act [slots, A]. */
  act(act: Float32Array): void;
  /** Notes what followed, and says whether that was the episode's last step. */
  observe(): boolean;
  /** The episode, with the value of its last state. */
  finish(lastValue: number): Trajectory;
}

export function createRecorder(env: Env, scaleSize: number, batch: EnvBatch, slot: number): Recorder {
  const { spec } = env;
  const size = {
    obs: width(spec.obs),
    act: width(spec.act),
    terms: spec.terms.length,
    pose: spec.bodies.length * 7,
    scale: scaleSize,
  };
  const T = spec.horizon;
  const columns = {
    obs: new Float32Array((T + 1) * size.obs),
    act: new Float32Array(T * size.act),
    logp: new Float64Array(T),
    reward: new Float64Array(T),
    terms: new Float64Array(T * size.terms),
    pose: new Float32Array((T + 1) * size.pose),
    mean: new Float64Array(T * size.act),
    scale: new Float64Array(T * size.scale),
    value: new Float64Array(T + 1),
  };
  let [episode, seed, steps, running] = [0, 0, 0, false];
  let random: Random;

  function noteState(): void {
    copyRow(batch.obs, slot, columns.obs, steps, size.obs);
    copyRow(batch.pose, slot, columns.pose, steps, size.pose);
  }

  return {
    get episode() {
      return episode;
    },
    get steps() {
      return steps;
    },
    get running() {
      return running;
    },
    begin(index, of) {
      [episode, seed, steps, running] = [index, of, 0, true];
      random = stream(seed, 'noise');
      batch.start(slot, seed);
      noteState();
    },
    show: (obs, row) => copyRow(columns.obs, steps, obs, row, size.obs),
    noise: () => random.normal(),
    decide(row, act, { mean, scale, value }, logp) {
      copyRow(act, row, columns.act, steps, size.act);
      copyRow(mean, row, columns.mean, steps, size.act);
      copyRow(scale, row, columns.scale, steps, size.scale);
      columns.logp[steps] = logp;
      columns.value[steps] = value[row];
    },
    act: (act) => copyRow(columns.act, steps, act, slot, size.act),
    observe() {
      columns.reward[steps] = batch.reward[slot];
      copyRow(batch.terms, slot, columns.terms, steps, size.terms);
      steps++;
      noteState();
      running = batch.last[slot] === 0;
      return !running;
    },
    finish(lastValue) {
      columns.value[steps] = lastValue;
      return {
        seed,
        steps,
        goal: batch.goal.slice(slot * 3, (slot + 1) * 3),
        obs: columns.obs.slice(0, (steps + 1) * size.obs),
        act: columns.act.slice(0, steps * size.act),
        logp: columns.logp.slice(0, steps),
        reward: columns.reward.slice(0, steps),
        terms: columns.terms.slice(0, steps * size.terms),
        pose: columns.pose.slice(0, (steps + 1) * size.pose),
        mean: columns.mean.slice(0, steps * size.act),
        scale: columns.scale.slice(0, steps * size.scale),
        value: columns.value.slice(0, steps + 1),
        success: batch.success[slot] === 1,
        end: endOf(batch, slot),
      };
    },
  };
}

interface Rows {
  readonly length: number;
  [index: number]: number;
}

function copyRow(from: Rows, fromRow: number, to: Rows, toRow: number, size: number): void {
  for (let k = 0; k < size; k++) to[toRow * size + k] = from[fromRow * size + k];
}
