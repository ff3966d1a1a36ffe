/**
 * The transcendental functions of every bit-exact path (kinematics, joint angles, sampling, log-probabilities). Engines
 * differ in the last bits of their Math.sin and the like; these are compiled from AssemblyScript's Math (a port of
 * musl) to WebAssembly and give the same bits in all of them.
 */

import { bytes, digest } from './kernels.generated.ts';
import { compile, instantiate } from './wasm.ts';

type Unary = (x: number) => number;

interface Kernels {
  readonly sin: Unary;
  readonly cos: Unary;
  readonly exp: Unary;
  readonly log: Unary;
  readonly tanh: Unary;
  readonly asin: Unary;
  readonly acos: Unary;
  readonly atan2: (y: number, x: number) => number;
}

/** Changes with whatever could change a bit of these functions. */
export const kernelsVersion = digest;

const kernels = instantiate<Kernels>(compile(bytes));

/** Sine of x, rad. */
export const sin: Unary = kernels.sin;

/** Cosine of x, rad. */
export const cos: Unary = kernels.cos;

/** e to the power x. */
export const exp: Unary = kernels.exp;

/** Natural logarithm of x; NaN for x < 0. */
export const log: Unary = kernels.log;

/** Hyperbolic tangent of x. */
export const tanh: Unary = kernels.tanh;

/** Angle of the point (x, y) from the x axis, rad in [-pi, pi]. */
export const atan2: Kernels['atan2'] = kernels.atan2;

/** Inverse sine of x in [-1, 1], rad in [-pi/2, pi/2]; NaN outside. */
export const asin: Unary = kernels.asin;

/** Inverse cosine of x in [-1, 1], rad in [0, pi]; NaN outside. */
export const acos: Unary = kernels.acos;
