import type { NetBackend } from '../policy/network/types.ts';

/**
 * A baseline b(s) that is subtracted from the return. It is fitted on earlier batches only (0 at first), so that it does
 * not depend on the actions it judges and the gradient stays unbiased.
 */
export interface Baseline {
  /**
   * Whether b(s) estimates the value of a state, whatever the time: then it stands for the return that a time limit cuts
   * off, and is recorded as the state value.
   */
  readonly isStateValue: boolean;
  /** b [n] for normalised observations x [n, O] at time steps t [n]. */
  predict(x: Float64Array, t: Int32Array): Float64Array;
  /** Fits to the returns [n] of normalised observations x [n, O] at time steps t [n]. */
  fit(x: Float64Array, t: Int32Array, returns: Float64Array): void;
  /** All that it has learned, as live arrays by name: saving reads them, loading writes into them. */
  readonly state: Readonly<Record<string, Float64Array>>;
}

export interface BaselineContext {
  /** O */
  readonly obsSize: number;
  /** Control steps in an episode at most. */
  readonly horizon: number;
  readonly hidden: readonly number[];
  /** What networks are fitted on; they predict on the default one, as they do where the policy acts. */
  readonly backend: NetBackend;
  /** The run's seed. */
  readonly seed: number;
}

export interface BaselineEntry {
  readonly name: string;
  readonly description: string;
  create(context: BaselineContext): Baseline;
  /** Numbers in its state, where they grow with the network's widths. */
  stateSize?(obsSize: number, hidden: readonly number[]): number;
}
