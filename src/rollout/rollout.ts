import { cutShort } from '../../envs/cut-short.ts';
import type { Ease, Env } from '../../envs/env.ts';
import { episodeSeed, type Purpose } from '../../envs/math/random.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { Actor } from '../policy/actor.ts';
import { type ActingPolicy, actorOf } from './acting-policy.ts';
import { collect, type EpisodePlan, mostAtOnce, usualSlots } from './collect.ts';
import type { Until } from './episode-queue.ts';

/** Which episodes to run, as plain data: another thread can run some of them. */
export interface RolloutRequest {
  /** The episodes' seeds are `episodeSeed(seed, purpose, index, 0, 1, 2, ..)`. */
  readonly seed: number;
  readonly purpose: Purpose;
  readonly index: number;
  /** Episodes that are left out before the first; 0 if not given. */
  readonly from?: number;
  readonly until: Until;
  /** Acts by the mean instead of a sample. */
  readonly deterministic: boolean;
  /** Steps after which an episode is cut off, where it is longer; whole ones where not given, or 0. */
  readonly cutAfter?: number;
  /** How much easier than the task's own the starts are. */
  readonly ease?: Ease;
  /** What will be asked for after it of the same policy, where that is known: a thread that has nothing else to do goes on with it. */
  readonly next?: RolloutRequest;
}

/** Runs episodes of the present policy, and returns them in index order. No bit depends on the thread that runs an episode. */
export type RollOut = (policy: ActingPolicy, request: RolloutRequest) => Trajectory[];

/** The same where the episodes come later, as from the workers of a page. */
export type RollOutAsync = (policy: ActingPolicy, request: RolloutRequest) => Promise<readonly Trajectory[]>;

/** Work that asks for rollouts of a policy and goes on with their episodes, whoever runs them. */
export type Asking<T> = Generator<RolloutRequest, T, readonly Trajectory[]>;

/** What the work comes to, its rollouts run as they are asked for. */
export function answering<T>(policy: ActingPolicy, work: Asking<T>, roll: RollOut): T {
  let turn = work.next();
  while (!turn.done) turn = work.next(roll(policy, turn.value));
  return turn.value;
}

export async function answeringAsync<T>(policy: ActingPolicy, work: Asking<T>, roll: RollOutAsync): Promise<T> {
  let turn = work.next();
  while (!turn.done) turn = work.next(await roll(policy, turn.value));
  return turn.value;
}

/** The policy's environment, as the episodes that are asked for know it. */
export function envFor(
  { env }: Pick<ActingPolicy, 'env'>,
  { cutAfter = 0, ease }: Pick<RolloutRequest, 'cutAfter' | 'ease'>,
): Env {
  return cutShort(ease ? { ...env, open: (slots) => env.open(slots, ease) } : env, cutAfter);
}

/** What one of `workers` threads that run the episodes together has to know. */
export function planOf(
  { seed, purpose, index, from = 0, until, deterministic }: RolloutRequest,
  horizon: number,
  workers = 1,
): EpisodePlan {
  return {
    seedOf: (episode) => episodeSeed(seed, purpose, index, from + episode),
    until,
    slots: Math.min(usualSlots, Math.ceil(mostAtOnce(until, horizon) / workers)),
    deterministic,
  };
}

/** On the calling thread. */
export const rollOut: RollOut = rollOutWith(() => {});

/** The same with something to be done before every control step; what that throws ends the rollout. */
export function rollOutWith(check: () => void): RollOut {
  return (policy, request) => {
    const env = envFor(policy, request);
    return collect(env, beforeEachStep(actorOf(policy), check), planOf(request, env.spec.horizon));
  };
}

/** The actor, which calls `check` whenever it is asked: once a control step. */
export function beforeEachStep(actor: Actor, check: () => void): Actor {
  return {
    ...actor,
    forward(obs, n) {
      check();
      return actor.forward(obs, n);
    },
  };
}
