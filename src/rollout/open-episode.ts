import type { Env, EnvBatch } from '../../envs/env.ts';
import { disturbedSpec } from '../../envs/recording/disturbances.ts';
import { width } from '../../envs/spec.ts';
import type { Disturbance, Trajectory } from '../../envs/trajectory.ts';
import type { Actor } from '../policy/actor.ts';
import { createRecorder, decisionsOf, type PolicyRows } from './recorder.ts';

/** An episode that goes on until it is ended by hand, one control step at a time, and in which a hand may disturb. */
export interface OpenEpisode {
  /** The batch of its own that it runs in, in slot 0. */
  readonly batch: EnvBatch;
  readonly seed: number;
  /** Control steps so far. */
  readonly steps: number;
  /** Whether all of them are kept: not of one that has gone on for too long. */
  readonly isKept: boolean;
  /** Whether the simulation lost the arm, which ends it. */
  readonly isLost: boolean;
  /** What the policy decided in the latest step [1, ..]; null before the first. */
  readonly decided: PolicyRows | null;
  /** What was done to the world in the latest step; nothing before the first. */
  readonly done: readonly Disturbance[];
  /**
   * @param given what is done in this step; its `t` is filled in
   * @param spread share of the policy's own sigma by which the action is sampled: 0 acts by the mean
   */
  step(given: readonly Omit<Disturbance, 't'>[], spread: number): void;
  /**
   * The episode so far, ended by a reset.
   * @throws Error before the first step, and where not all of it is kept
   */
  trajectory(): Trajectory;
  close(): void;
}

/** @param longest steps that are kept, at most */
export function createOpenEpisode(env: Env, actor: Actor, seed: number, longest: number): OpenEpisode {
  const spec = { ...disturbedSpec(env.spec), horizon: longest };
  const batch = env.open(1);
  const recorder = createRecorder(spec, actor, batch, 0);
  const [obs, act] = [new Float32Array(width(spec.obs)), new Float32Array(width(spec.act))];
  const noise = new Float64Array(act.length);
  const disturbances: Disturbance[] = [];
  let steps = 0;
  let decided: PolicyRows | null = null;
  let done: readonly Disturbance[] = [];
  const decide = (spread: number): PolicyRows => {
    obs.set(batch.obs);
    recorder.writeNoise(noise, 0);
    for (let i = 0; i < noise.length; i++) noise[i] *= spread;
    return decisionsOf(actor.forward(obs, 1), noise);
  };
  recorder.start(0, seed);
  return {
    batch,
    seed,
    get steps() {
      return steps;
    },
    get isKept() {
      return steps <= longest;
    },
    get isLost() {
      return batch.last[0] === 1;
    },
    get decided() {
      return decided;
    },
    get done() {
      return done;
    },
    step(given, spread) {
      if (batch.last[0]) return;
      decided = decide(spread);
      const endless: readonly Omit<Disturbance, 't'>[] =
        steps === 0 ? [{ kind: 'dynamics', target: 'endless', values: [1] }] : [];
      done = [...endless, ...given].map((one) => ({ t: steps, ...one }));
      if (steps < longest) {
        disturbances.push(...done);
        recorder.recordAction(decided, 0, act);
      } else {
        act.set(decided.act);
      }
      batch.step(act, [done]);
      if (steps < longest) recorder.recordStep();
      steps++;
    },
    trajectory() {
      if (steps === 0) throw new Error('nothing has happened yet');
      if (steps > longest) throw new Error('it has gone on for too long to be kept');
      const [value] = actor.forward(batch.obs, 1).value;
      const reset: Disturbance = { t: steps - 1, kind: 'reset', target: '', values: [] };
      return { ...recorder.trajectory(value), disturbances: batch.fault[0] ? disturbances : [...disturbances, reset] };
    },
    close: () => batch.close(),
  };
}
