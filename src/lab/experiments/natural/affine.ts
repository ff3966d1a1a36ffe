import type { Random } from '../../../../envs/math/random.ts';
import { figures, share } from '../../../report/format.ts';
import { apply, condition, distance, length, type Matrix, multiply, transpose } from '../../../statistics/matrix.ts';
import type { Evidence } from '../../experiment.ts';
import { type Linear, type LocalPolicy, naturalGradient, tolerance } from './policies.ts';

/** Coordinates theta = M phi + c drawn at random. */
const coordinates = 8;

/** Steps taken in affine coordinates are those taken in theta, if they are natural; plain ones are not. */
export function inAffineCoordinates(policies: readonly LocalPolicy[], streams: (use: number) => Random): Evidence {
  const rows = policies.map((policy, k) => underAffineMaps(policy, streams(10 + k)));
  return {
    findings: rows.map(({ name, apart, bound, plain }) => ({
      text: `${name}: the natural step is the same in ${coordinates} affine coordinates, ${figures(apart)} apart at most; the plain one is ${share(plain)} apart or more`,
      holds: apart <= bound && plain > 100 * bound,
    })),
    tables: [
      {
        title: 'Steps in affine coordinates',
        columns: ['policy', 'parameters', 'natural steps apart, at most', 'bound', 'plain steps apart, at least'],
        rows: rows.map(({ name, size, apart, bound, plain }) => [
          name,
          String(size),
          figures(apart),
          figures(bound),
          share(plain),
        ]),
        note: `Relative to the step's length, over ${coordinates} maps drawn at random, by the conjugate gradients and Fisher products of training, without damping. The bound is the condition number of F_φ times the ${tolerance} to which its residual was brought, carried back by M.`,
      },
    ],
  };
}

/** How far apart, relative to their length, are steps taken in theta and in coordinates phi with theta = M phi + c. */
function underAffineMaps({ name, g, fisher }: LocalPolicy, random: Random) {
  const size = g.length;
  const x = naturalGradient({ g, fisher });
  let [apart, plain, bound] = [0, Infinity, 0];
  for (let k = 0; k < coordinates; k++) {
    const m: Matrix = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => (i === j ? 1 : 0) + (0.5 * random.normal()) / Math.sqrt(size)),
    );
    const into = (v: Float64Array) => apply(transpose(m), v);
    const inner: Linear = (v) => into(fisher(apply(m, v)));
    const step = naturalGradient({ g: into(g), fisher: inner });
    apart = Math.max(apart, distance(apply(m, step), x) / length(x));
    // Directions alone: a longer step could be had by a larger alpha.
    plain = Math.min(plain, distance(unit(apply(m, into(g))), unit(g)));
    const stretch = Math.sqrt(condition(multiply(transpose(m), m)));
    bound = Math.max(bound, tolerance * (condition(dense(fisher, size)) + condition(dense(inner, size)) * stretch));
  }
  return { name, size, apart, plain, bound };
}

function unit(v: Float64Array): Float64Array {
  return v.map((value) => value / length(v));
}

/** The matrix of a symmetric linear map. */
function dense(product: Linear, size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from(product(new Float64Array(size).with(i, 1))));
}
