import type { Option, OptionValue } from '../../envs/types.ts';
import type { Policy } from '../policy/policy.ts';

/** N steps of several episodes, each with the advantage of its action. */
export interface Batch {
  /** Normalised observations [N, O]. */
  readonly x: Float64Array;
  /** Actions as sampled [N, A]. */
  readonly act: Float32Array;
  /** log pi(a | s) under the policy that is to be improved [N]. */
  readonly logp: Float64Array;
  /** How much each step counts [N]: 1 / N, times whatever discount or importance weight it carries. */
  readonly weight: Float64Array;
  /** [N] */
  readonly advantage: Float64Array;
}

/** An algorithm: how a batch changes theta. */
export interface Algorithm {
  /**
   * Improves theta [P] in place.
   * @param progress fraction of the training budget that is spent, from 0 to 1
   * @returns figures worth logging, by name
   */
  update(theta: Float64Array, batch: Batch, progress: number): Record<string, number>;
  /** All that it carries from one update to the next, as live arrays by name. */
  readonly state: Readonly<Record<string, Float64Array>>;
}

export interface AlgorithmEntry {
  readonly name: string;
  readonly description: string;
  /** Its own options. */
  readonly options: readonly Option[];
  /** Defaults of the shared options (src/train/config.ts) that suit it better. */
  readonly defaults: Readonly<Record<string, OptionValue>>;
  /** @param seed the run's, for streams of its own */
  create(policy: Policy, options: Readonly<Record<string, OptionValue>>, seed: number): Algorithm;
}
