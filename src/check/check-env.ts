import type { Env } from '../../envs/env.ts';
import * as checks from './checks.ts';
import type { Shown } from './episode.ts';
import { type Watched, watch } from './watch.ts';
import { checkMetrics, type WholeEpisode, wholeEpisode } from './whole-episode.ts';

/** What is checked, in the order in which it is told, and what holds where nothing is wrong. */
export const checkNames = {
  exceptions: 'nothing throws',
  spec: 'fields, terms and markers are well described',
  arrays: 'arrays have the sizes of the spec',
  memory: 'steps write into the arrays that are there',
  written: 'every number is written in every step',
  finite: 'every number is finite',
  bounds: 'observations and parameters keep their bounds',
  reward: 'the terms sum to the reward',
  end: 'episodes end by the horizon, and rest then',
  success: 'success is told where there is a goal',
  determinism: 'a seed and actions give the same bits again',
  history: 'whatever episodes ran before',
  slots: 'whatever episodes run beside',
  clipping: 'actions are clipped to [-1, 1]',
  params: 'parameters follow from the seed and the step',
  metrics: 'metrics of a whole episode are finite',
} as const;

export type CheckName = keyof typeof checkNames;

/** Something in which an environment breaks its contract. */
export interface Problem<Name extends string = CheckName> {
  readonly check: Name;
  /** What is wrong, where, and what to do. */
  readonly message: string;
  /** What was thrown. */
  readonly cause?: unknown;
}

/**
 * Plays a few hundred steps with random actions, and holds the environment to the contract of `Env` and `EnvBatch`. Await
 * `loadPhysics` before, as for `env.open`.
 * @returns the first problem of each check, none where all is well; what cannot be judged beside another problem is left out
 */
export function checkEnv(env: Env): readonly Problem[] {
  return runChecks(env).flatMap(({ problem }) => problem ?? []);
}

/** How a check went. */
export interface Outcome<Name extends string = CheckName> {
  readonly check: Name;
  readonly problem: Problem<Name> | null;
  /** False where another problem stands in the way. */
  readonly isJudged: boolean;
}

/** What was played before; the parts are played when they are asked for. */
interface Played {
  readonly watched: () => Watched;
  readonly whole: () => WholeEpisode;
}

interface Check {
  readonly name: CheckName;
  /** What has to be well before. */
  readonly needs: readonly CheckName[];
  find(env: Env, played: Played): string | null;
}

const list: readonly Check[] = [
  { name: 'spec', needs: [], find: checks.checkSpec },
  { name: 'arrays', needs: ['spec'], find: checks.checkArrays },
  { name: 'memory', needs: ['arrays'], find: checks.checkMemory },
  { name: 'written', needs: ['arrays'], find: ofShown(checks.checkWritten) },
  { name: 'finite', needs: ['arrays'], find: ofShown(checks.checkFinite) },
  { name: 'bounds', needs: ['arrays'], find: ofShown(checks.checkBounds) },
  { name: 'reward', needs: ['arrays'], find: ofShown(checks.checkReward) },
  {
    name: 'end',
    needs: ['arrays'],
    find: (env, played) => ofShown(checks.checkEnd)(env, played) ?? ofWhole(env, played),
  },
  { name: 'success', needs: ['arrays'], find: ofShown(checks.checkSuccess) },
  { name: 'determinism', needs: ['arrays'], find: checks.checkDeterminism },
  { name: 'history', needs: ['determinism'], find: checks.checkHistory },
  { name: 'slots', needs: ['history'], find: checks.checkSlots },
  { name: 'clipping', needs: ['history'], find: checks.checkClipping },
  { name: 'params', needs: ['history'], find: checks.checkParams },
  { name: 'metrics', needs: ['end'], find: (env, { whole }) => checkMetrics(env, whole()) },
];

/** Every check, in the order of their names. */
export function runChecks(env: Env): Outcome[] {
  const outcomes = new Map<CheckName, Outcome>();
  const played: Played = { watched: once(() => watch(env)), whole: once(() => wholeEpisode(env)) };
  const isWell = (name: CheckName) => outcomes.get(name)?.isJudged && !outcomes.get(name)?.problem;
  let thrown: Problem | null = null;
  for (const { name, needs, find } of list) {
    let outcome: Outcome = { check: name, problem: null, isJudged: false };
    try {
      if (needs.every(isWell)) {
        const message = find(env, played);
        outcome = { check: name, problem: message ? { check: name, message } : null, isJudged: true };
      }
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      thrown ??= { check: 'exceptions', message, cause };
    }
    outcomes.set(name, outcome);
  }
  outcomes.set('exceptions', { check: 'exceptions', problem: thrown, isJudged: true });
  return (Object.keys(checkNames) as CheckName[]).flatMap((name) => outcomes.get(name) ?? []);
}

/** What was seen before something was thrown is judged, but is not enough to be well. */
function ofShown(find: (env: Env, shown: readonly Shown[]) => string | null): Check['find'] {
  return (env, { watched }) => {
    const { shown, thrown } = watched();
    const message = find(env, shown);
    if (!message && thrown) throw thrown.error;
    return message;
  };
}

function ofWhole({ spec }: Env, { whole }: Played): string | null {
  const { seed, steps, isOver, end } = whole();
  if (!isOver) return `the episode of seed ${seed} goes on after its horizon of ${spec.horizon} steps`;
  return end === 'truncated' && steps < spec.horizon
    ? `${checks.cutOff(spec)}, at step ${steps} of the episode of seed ${seed}`
    : null;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
