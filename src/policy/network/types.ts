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

/** P, the numbers of a network's theta. */
export function sizeOf(widths: Widths): number {
  return widths.slice(1).reduce((sum, outputs, l) => sum + (widths[l] + 1) * outputs, 0);
}

/** @throws Error unless they are the widths of a network */
export function checkWidths(widths: Widths): void {
  if (widths.length < 2 || !widths.every((width) => Number.isInteger(width) && width > 0)) {
    throw new Error(`a network needs at least two positive integer widths, found [${widths.join(', ')}]`);
  }
}

/** @throws Error unless the array is of this length */
export function checkLength(name: string, array: Float64Array, length: number): void {
  if (array.length !== length) throw new Error(`${name}: expected ${length} numbers, found ${array.length}`);
}

/**
 * What `vjp` and `jvp` need.
 * @param rows of the last forward pass; less than 0 before one
 */
export function checkForward(name: string, rows: number): void {
  if (rows < 0) {
    throw new Error(`${name} differentiates at the last forward pass: expected one before, found none`);
  }
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

/** Why a backend cannot be used. */
export type Obstacle = 'not installed' | 'no native addon' | 'no libtensorflow' | 'no GPU' | 'Node version' | 'broken';

/** A backend that cannot be used here. Its message is one line for the user: what is wrong, and what to do. */
export class UnusableBackend extends Error {
  override readonly name = 'UnusableBackend';
  readonly obstacle: Obstacle;
  /** What is wrong. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(backend: string, obstacle: Obstacle, reason: string, remedy: string) {
    super(`backend ${backend} cannot be used: ${reason}; ${remedy}`);
    this.obstacle = obstacle;
    this.reason = reason;
    this.remedy = remedy;
  }
}
