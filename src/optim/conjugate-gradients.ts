import { dot } from '../../envs/math/dot.ts';

/**
 * Solves A x = b [n] for a symmetric positive definite A that is known by its products alone (Hestenes and Stiefel 1952).
 * Stops after `iterations` products, or when the residual has shrunk by `tolerance`.
 */
export function conjugateGradients(
  product: (v: Float64Array) => Float64Array,
  b: Float64Array,
  iterations: number,
  tolerance = 1e-10,
): Float64Array {
  const x = new Float64Array(b.length);
  const residual = Float64Array.from(b);
  const direction = Float64Array.from(b);
  let squared = dot(residual, residual);
  const enough = tolerance * tolerance * squared;
  for (let k = 0; k < iterations && squared > enough; k++) {
    const image = product(direction);
    const alpha = squared / dot(direction, image);
    for (let i = 0; i < x.length; i++) {
      x[i] += alpha * direction[i];
      residual[i] -= alpha * image[i];
    }
    const next = dot(residual, residual);
    for (let i = 0; i < x.length; i++) direction[i] = residual[i] + (next / squared) * direction[i];
    squared = next;
  }
  return x;
}
