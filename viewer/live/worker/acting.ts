/** Episodes in which a policy acts and a hand disturbs, one after the other. */
import { type Dynamics, nominalDynamics } from '../../../envs/dynamics/fields.ts';
import type { Env, EnvBatch } from '../../../envs/env.ts';
import { undisturbed } from '../../../envs/sim/disturbances.ts';
import { width } from '../../../envs/spec.ts';
import { contactWidth, type Trajectory } from '../../../envs/trajectory.ts';
import type { Actor } from '../../../src/policy/actor.ts';
import { createOpenEpisode, type OpenEpisode } from '../../../src/rollout/open-episode.ts';
import { createEnding } from './ending.ts';
import type { Hand } from './hand.ts';
import type { Stepped } from './messages.ts';
import { createSpring } from './spring.ts';

/** Steps that are kept of an episode, at most: five minutes of the usual ones. */
const longest = 7500;

export interface Acting {
  /** Episodes so far. */
  readonly count: number;
  /** Whether the simulation lost the arm. */
  readonly isLost: boolean;
  /** Tells of the state as it is. */
  show(): void;
  step(): void;
  /** What there is to do after a control step's time: makes a step, or begins anew where an episode is over and has been in view. */
  goOn(): void;
  /** Begins anew. */
  reset(): void;
  /** A hand has changed what there is to do: what was over is not. */
  changed(): void;
  /**
   * What has happened since the last reset; of episodes that ended by themselves, the latest.
   * @throws Error before the first step, and where not all of it is kept
   */
  trajectories(): readonly Trajectory[];
  close(): void;
}

/** @param seedOf of the n-th episode */
export function createActing(
  env: Env,
  actor: Actor,
  hand: Hand,
  seedOf: (n: number) => number,
  tell: (stepped: Stepped) => void,
): Acting {
  const pulling = createSpring(env);
  const ending = createEnding(env);
  let count = 1;
  let episode = createOpenEpisode(env, actor, seedOf(0), longest);
  /** The episode that ended by itself before this one. */
  let past: readonly Trajectory[] = [];
  const show = () => tell({ ...steppedOf(env, actor, episode), isOver: ending.isOver, isGoalHeld: hand.goal !== null });
  const step = () => {
    const pulled = pulling.force(hand.pull, episode.batch.pose);
    hand.pulled();
    const given = [...hand.take(usualIn(env, episode.batch)), ...(pulled ? [pulled] : [])];
    const isByHand = given.some(({ kind }) => kind !== 'dynamics');
    episode.step(given, hand.spread);
    ending.step(episode.batch.success[0] === 1, isByHand);
    show();
  };
  const begin = (goal: readonly number[] | null) => {
    episode.close();
    episode = createOpenEpisode(env, actor, seedOf(count++), longest);
    hand.again(goal);
    pulling.forget();
    ending.again();
    show();
  };
  return {
    get count() {
      return count;
    },
    get isLost() {
      return episode.isLost;
    },
    show,
    step,
    goOn() {
      if (!ending.isOver) return step();
      if (!ending.hasBeenShown) return;
      past = episode.isKept ? [episode.trajectory()] : [];
      begin(hand.goal);
    },
    reset() {
      past = [];
      begin(null);
    },
    changed: ending.again,
    trajectories: () => (past.length > 0 && episode.steps === 0 ? past : [...past, episode.trajectory()]),
    close: () => episode.close(),
  };
}

/** What the numbers of the world are by themselves in the episode that runs in a batch of one. */
function usualIn({ scene, spec }: Env, batch: EnvBatch): Readonly<Record<string, number>> {
  const drawn = Object.fromEntries(spec.dynamics.map(({ name }, i) => [name, batch.dynamics[i]]));
  const own: Dynamics = { ...nominalDynamics, ...drawn };
  return undisturbed(scene, own);
}

/** The state that an episode is in, as rows of a trajectory; copies, for the batch goes on. */
function steppedOf(
  env: Env,
  actor: Actor,
  { batch, steps, decided, done, isKept, isLost }: OpenEpisode,
): Omit<Stepped, 'isOver' | 'isGoalHeld'> {
  const { contact_count: touches, contacts, q, dq } = batch;
  return {
    type: 'stepped',
    t: steps,
    success: batch.success[0] === 1,
    isLost,
    isKept,
    disturbances: done,
    ...(!decided && { usual: usualIn(env, batch) }),
    rows: {
      obs: batch.obs.slice(),
      pose: batch.pose.slice(),
      params: batch.params.slice(0, width(env.spec.params)),
      ...(!decided && { dynamics: batch.dynamics.slice() }),
      ...(q && dq && { q: q.slice(), dq: dq.slice() }),
      ...(touches &&
        contacts && { contact_count: touches.slice(), contacts: contacts.slice(0, touches[0] * contactWidth) }),
      ...(decided && {
        ...Object.fromEntries(Object.entries(decided).map(([name, row]) => [name, row.slice()])),
        reward: batch.reward.slice(),
        terms: batch.terms.slice(),
      }),
      // What the policy decided tells of the state before.
      value: actor.forward(batch.obs, 1).value.slice(),
    },
  };
}
