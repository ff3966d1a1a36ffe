import type { DynamicsRanges } from '../../envs/dynamics/ranges.ts';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { type Trajectory, totalReward } from '../../envs/trajectory.ts';
import type { Actor } from '../policy/actor.ts';
import { hierarchicalInterval, hierarchicalRateInterval } from '../statistics/hierarchical.ts';
import { type Interval, mean } from '../statistics/intervals.ts';
import { evaluate, type Goals } from '../train/evaluate.ts';
import type { Change } from './changes.ts';

/** Who is judged: a policy, or a controller, and the environment that it sees. */
export interface Contestant {
  readonly name: string;
  readonly config: EnvConfig;
  readonly actor: Actor;
}

/** Opens an environment as its configuration has it, dynamics included: in this simulation, or in another one. */
export type OpenEnv = (config: EnvConfig) => Env;

/** A figure over runs and goals. */
export interface Judged {
  readonly mean: number;
  /** 95 %, for other runs and other goals; null for fewer than two goals. */
  readonly interval: Interval | null;
  /** Of each run. */
  readonly runs: readonly number[];
}

export interface Scores {
  /** Null where the task has no goal to reach. An episode whose simulation diverged is none. */
  readonly success: Judged | null;
  readonly return: Judged;
  /** Episodes in which the simulation diverged. */
  readonly faults: number;
}

/** A change, and what it makes of everybody. */
export interface Measured extends Change {
  readonly policy: Scores;
  /** Of the controller on the same goals; null where there is none. */
  readonly controller: Scores | null;
  /** The policies' returns less the controller's, goal by goal. */
  readonly difference: Judged | null;
}

/**
 * Judges policies of one task, one for each run, and a controller beside them on the same goals, under one change after another.
 * @param open the environment of a contestant with the dynamics of a change
 */
export function* measure(
  changes: readonly Change[],
  {
    policies,
    controller,
    goals,
    open,
  }: {
    readonly policies: readonly Contestant[];
    readonly controller: Contestant | null;
    readonly goals: Goals;
    readonly open: OpenEnv;
  },
): Generator<Measured, void> {
  for (const change of changes) {
    const play = ({ config, actor }: Contestant) => {
      const env = open(withDynamics(config, change.dynamics));
      return { env, episodes: evaluate(env, actor, goals).trajectories };
    };
    const played = policies.map(play);
    const theirs = controller && play(controller);
    const others = theirs?.episodes;
    yield {
      ...change,
      policy: scoresOf(played),
      controller: theirs && scoresOf([theirs]),
      difference: others ? judged(differencesOf(played, others)) : null,
    };
  }
}

/** An environment's configuration with other dynamics than its own. */
export function withDynamics({ dynamics: _, ...config }: EnvConfig, dynamics: DynamicsRanges): EnvConfig {
  return Object.keys(dynamics).length ? { ...config, dynamics } : config;
}

function scoresOf(played: readonly { readonly env: Env; readonly episodes: readonly Trajectory[] }[]): Scores {
  const [{ env }] = played;
  const success = played.map(({ episodes }) => episodes.map((one) => (one.success ? 1 : 0)));
  return {
    success: env.spec.hasSuccess ? { ...judged(success), interval: hierarchicalRateInterval(success) } : null,
    return: judged(returnsOf(played)),
    faults: played.flatMap(({ episodes }) => episodes).filter(({ end }) => end === 'fault').length,
  };
}

/** Returns on the goals on which the simulation diverged for none [run][goal]: an episode that it ended early would have cost less. */
function returnsOf(played: readonly { readonly episodes: readonly Trajectory[] }[]): number[][] {
  const isWhole = (g: number) => played.every(({ episodes }) => episodes[g].end !== 'fault');
  return played.map(({ episodes }) => episodes.filter((_, g) => isWhole(g)).map(totalReward));
}

/** The same less those of others on the same goals. */
function differencesOf(
  played: readonly { readonly episodes: readonly Trajectory[] }[],
  others: readonly Trajectory[],
): number[][] {
  const [theirs, ...own] = returnsOf([{ episodes: others }, ...played]);
  return own.map((values) => values.map((value, g) => value - theirs[g]));
}

/** @param values [run][goal] */
function judged(values: readonly (readonly number[])[]): Judged {
  const runs = values.map(mean);
  return { mean: mean(runs), interval: hierarchicalInterval(values), runs };
}
