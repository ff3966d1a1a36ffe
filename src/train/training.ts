import type { Env, EnvConfig, ModuleIdentity } from '../../envs/env.ts';
import type { OptionValues } from '../../envs/options.ts';
import type { Algorithm } from '../algorithms/types.ts';
import type { BaselineEntry } from '../baselines/types.ts';
import type { DistributionEntry } from '../policy/distributions/types.ts';
import type { NetBackend } from '../policy/network/types.ts';
import type { Policy } from '../policy/policy.ts';
import type { TrainOptions } from './options.ts';
import type { ModuleSource } from './registry.ts';

/** All that determines a training run, with the seed, in plain data; the worker count and the terminal are not among it. */
export interface TrainConfig {
  readonly env: EnvConfig;
  readonly algorithm: string;
  /** What the networks are trained on. */
  readonly backend: string;
  /** Integer in [0, 2^53). */
  readonly seed: number;
  /** Training steps to spend. */
  readonly steps: number;
  /** `trainOptions` and the algorithm's own. */
  readonly options: OptionValues;
  /** Where the algorithm is defined in a module of the user's. */
  readonly modules?: { readonly algorithm?: ModuleIdentity };
}

/** What a learner is made of: the objects that a configuration names. */
export interface Training {
  readonly config: TrainConfig;
  readonly env: Env;
  /** The algorithm at work on a policy. */
  readonly createAlgorithm: (policy: Policy) => Algorithm;
  readonly distribution: DistributionEntry;
  readonly baseline: BaselineEntry;
  readonly backend: NetBackend;
  readonly options: TrainOptions;
  /** Modules that other threads import to have the same environment. */
  readonly sources: readonly ModuleSource[];
}
