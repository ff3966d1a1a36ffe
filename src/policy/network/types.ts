/**
 * The seam for numerics. Everything above it (log-probabilities, ratios, Adam, baselines) is float64 TypeScript over
 * [n, A] arrays; everything below it is one multilayer perceptron with tanh hidden layers and a linear last layer,
 * whose parameters are a flat float64 vector.
 */

/** Layer widths from input to output, e.g. [12, 64, 64, 7]. */
export type Widths = readonly number[];

/**
 * A network y = f(theta, x). theta [P] holds, for each layer in turn, the weight matrix W [in, out] row-major, then
 * the bias b [out]; P = sum (in + 1) out.
 */
export interface Network {
  readonly widths: Widths;
  /** P */
  readonly size: number;
  /**
   * y [n, O] = f(theta, x [n, I]). Keeps the activations, at which `vjp` and `jvp` then differentiate. A row's result
   * does not depend on the other rows. What this and the others return is a view that the next call of any of them overwrites.
   */
  forward(theta: Float64Array, x: Float64Array, n: number): Float64Array;
  /** J^T u [P] for u [n, O], summed over the rows in a fixed order. Throws when no forward pass of n rows came before. */
  vjp(u: Float64Array): Float64Array;
  /** J v [n, O] for v [P]. Throws as `vjp`. */
  jvp(v: Float64Array): Float64Array;
}

export interface NetBackend {
  readonly name: string;
  /** Changes with whatever could change a bit of its results. */
  readonly version: string;
  /** What it computes in. A row's result may depend on the other rows, within rounding, where that is float32. */
  readonly dtype: 'float64' | 'float32';
  network(widths: Widths): Network;
}

/** A backend by its name, which may or may not be there on this machine. */
export interface BackendEntry {
  readonly name: string;
  readonly description: string;
  /**
   * @param before the version that a run has recorded, to go on as it was
   * @throws UnusableBackend where it cannot be used here
   */
  load(before?: string): Promise<NetBackend>;
}
