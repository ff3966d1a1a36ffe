import { type Options, type OptionValues, resolveOptions, type Values } from '../../envs/options.ts';
import type { Policy } from '../policy/policy.ts';

/** N steps of several episodes, each with the advantage of its action. */
export interface Batch {
  /** Normalised observations [N, O]. */
  readonly x: Float64Array;
  /** Actions as sampled, before clipping; of a squashed family what they are the tanh of [N, A]. */
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

/** What an algorithm's file says. */
export interface AlgorithmDefinition<S extends Options> {
  readonly name: string;
  readonly description?: string;
  readonly options: S;
  /** Defaults of the options of training (src/train/options.ts) that suit it better. */
  readonly defaults?: OptionValues;
  /** @param seed the run's, for streams of its own */
  create(policy: Policy, options: Values<S>, seed: number): Algorithm;
}

/** The same as a function that chooses its options, to be handed to training: `ppo({ epsilon: 0.1 })`. */
export interface AlgorithmFactory<S extends Options = Options> extends Required<AlgorithmDefinition<S>> {
  /** @throws UsageError for an option that it does not have, or a value out of range */
  (options?: Partial<Values<S>>): ConfiguredAlgorithm;
}

/** An algorithm with some of its options chosen; the others have the defaults that hold where it trains. */
export interface ConfiguredAlgorithm {
  readonly algorithm: AlgorithmFactory;
  readonly options: OptionValues;
}

export function defineAlgorithm<const S extends Options>(definition: AlgorithmDefinition<S>): AlgorithmFactory<S> {
  function algorithm(options: Partial<Values<S>> = {}): ConfiguredAlgorithm {
    resolveOptions(definition.options, options, definition.name);
    return { algorithm: algorithm as unknown as AlgorithmFactory, options: options as OptionValues };
  }
  const whole = { description: '', defaults: {}, ...definition };
  return Object.defineProperties(algorithm, Object.getOwnPropertyDescriptors(whole)) as AlgorithmFactory<S>;
}
