import { exp, log } from '../../../envs/math/kernels.ts';
import type { Random } from '../../../envs/math/random.ts';
import { rewardsToGo } from '../../estimators/returns.ts';
import { conjugateGradients, dot } from '../../optim/conjugate-gradients.ts';
import { fullGaussian } from '../../policy/distributions/full.ts';
import { defaultBackend } from '../../policy/network/index.ts';
import { createPolicy, fisherProduct, initialTheta, weightedScore } from '../../policy/policy.ts';
import { largestEigenvalue, type Matrix } from '../matrix.ts';
import { divergence, fisher, visitationGradient } from '../mdp.ts';
import { smallMdp, smallTheta, streamsOf } from '../problems.ts';
import { distance, type Experiment, figures, length, type Section, share } from '../section.ts';
import { slopeOf } from '../statistics.ts';

/** Coordinates theta = M phi + c drawn at random. */
const coordinates = 8;
/** Conjugate gradients run until the residual has shrunk by this; "converged". */
const tolerance = 1e-12;
const deltas = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
const steps = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2];

type Linear = (v: Float64Array) => Float64Array;

/** A policy at one theta: the gradient there, and products with its Fisher information. */
interface Place {
  readonly name: string;
  readonly g: Float64Array;
  readonly fisher: Linear;
  /** KL from the policy to the one a step away, in the units of its Fisher information. */
  readonly kl: (step: Float64Array) => number;
  /** Two lengths of a step, a hundredfold apart, short enough for the policy to bend little on the way. */
  readonly short: readonly [number, number];
}

export const natural: Experiment = {
  name: 'natural',
  description: 'the natural gradient in other coordinates',
  run(seed): Section {
    const streams = streamsOf(seed, 6);
    const places = [softmaxPlace(), ...gaussianPlaces(streams)];
    const affine = places.map((place, k) => underAffineMaps(place, streams(10 + k)));
    const curved = underCurvedMap();
    const lengths = deltas.map(lengthOfStep);
    const closing = places.map((place) => ({ place, off: place.short.map((delta) => offPrediction(place, delta)) }));
    return {
      name: 'natural',
      title: 'The natural gradient',
      claim:
        'F⁻¹ ∇J is the same change of the policy in whatever coordinates θ is written; ∇J is another one in each. A step along it is as long, in KL, as its equation says.',
      equations: [
        'θ = M φ + c:  F_φ = Mᵀ F M,  ∇_φ J = Mᵀ ∇J,  so M (F_φ)⁻¹ ∇_φ J = F⁻¹ ∇J',
        'KL(π(θ) | π(θ + x)) = xᵀ F x / 2 + O(|x|³)',
      ],
      findings: [
        ...affine.map(({ place, natural: apart, bound, plain }) => ({
          text: `${place.name}: the natural step is the same in ${coordinates} affine coordinates, ${figures(apart)} apart at most; the plain one is ${share(plain)} apart or more`,
          holds: apart <= bound && plain > 100 * bound,
        })),
        {
          text: `in curved coordinates natural steps differ in second order (slope ${curved.natural.slope.toFixed(3)}), plain ones in first (${curved.plain.slope.toFixed(3)})`,
          holds:
            Math.abs(curved.natural.slope - 2) <= curved.natural.bound &&
            Math.abs(curved.plain.slope - 1) <= curved.plain.bound,
        },
        {
          text: `the KL of a step is its prediction δ, within bounds that close on it: ${(lengths[0].kl / deltas[0]).toFixed(4)} δ at δ = ${figures(deltas[0])}`,
          holds: lengths.every(({ kl, low, high }) => kl >= low && kl <= high),
        },
        {
          text: `for every policy the KL of a step closes on δ as √δ: ${closing.map(({ place, off }) => `${figures(off[0])} off at δ = ${figures(place.short[0])}, ${figures(off[1])} at ${figures(place.short[1])}`).join('; ')}`,
          // A hundredth of delta leaves a tenth of the third-order term; twice that, for the orders after it.
          holds: closing.every(({ off: [far, near] }) => near < 0.2 * far && far < 0.1),
        },
      ],
      tables: [
        {
          title: 'Steps in affine coordinates',
          columns: ['policy', 'parameters', 'natural steps apart, at most', 'bound', 'plain steps apart, at least'],
          rows: affine.map(({ place, natural: apart, bound, plain }) => [
            place.name,
            String(place.g.length),
            figures(apart),
            figures(bound),
            share(plain),
          ]),
          note: `Relative to the step's length, over ${coordinates} maps drawn at random, by the conjugate gradients and Fisher products of training, without damping. The bound is the condition number of F_φ times the ${tolerance} to which its residual was brought, carried back by M.`,
        },
        {
          title: 'KL of a natural step against its prediction',
          columns: ['δ = xᵀ F x / 2', 'KL', 'KL / δ', 'lower bound', 'upper bound'],
          rows: lengths.map(({ delta, kl, low, high }) => [
            figures(delta),
            figures(kl),
            (kl / delta).toFixed(5),
            (low / delta).toFixed(5),
            (high / delta).toFixed(5),
          ]),
          note: 'KL of whole trajectories, exact. A softmax is an exponential family: along the step the variance of its preferences changes by a factor e^(±R t) at most, R their largest range; integrated twice, 2 (e^(±u) ∓ u − 1) / u² with u the range of the step.',
        },
      ],
      plots: [
        {
          title: 'The KL of a natural step',
          x: { label: 'predicted, δ', log: true },
          y: { label: 'KL / δ' },
          series: [
            {
              label: 'exact, with its bounds',
              x: deltas,
              y: lengths.map(({ kl, delta }) => kl / delta),
              low: lengths.map(({ low, delta }) => low / delta),
              high: lengths.map(({ high, delta }) => high / delta),
              points: true,
              line: true,
            },
          ],
        },
        {
          title: 'Steps taken in curved coordinates, against those taken in θ',
          x: { label: 'step size α', log: true },
          y: { label: 'distance between the two / length', log: true },
          series: [
            { label: 'natural gradient', x: steps, y: curved.natural.apart, line: true, points: true },
            { label: 'plain gradient', x: steps, y: curved.plain.apart, line: true, points: true },
          ],
        },
      ],
    };
  },
};

function softmaxPlace(): Place {
  const f = fisher(smallMdp, smallTheta);
  return {
    name: 'softmax on the MDP',
    g: visitationGradient(smallMdp, smallTheta),
    fisher: (v) => times(f, v),
    kl: (step) => divergence(smallMdp, smallTheta, sum(smallTheta, step)),
    short: [1e-4, 1e-6],
  };
}

/** Gaussians with full covariance as training makes them, on states and actions drawn at random. */
function gaussianPlaces(streams: (use: number) => Random): Place[] {
  return [
    { name: 'Gaussian, full covariance, linear mean', hidden: [], spread: 0.3, short: [1e-4, 1e-6] as const },
    // Its Fisher information all but vanishes in some directions, in which a short step is a long way in theta.
    {
      name: 'Gaussian, full covariance, a layer of 4 tanh units',
      hidden: [4],
      spread: 1,
      short: [1e-8, 1e-10] as const,
    },
  ].map(({ name, hidden, spread, short }, k) => {
    const random = streams(k);
    const n = 400;
    const policy = createPolicy(defaultBackend, 2, hidden, fullGaussian.create(2, -0.3));
    const theta = initialTheta(policy, random, -0.3).map((value) => value + spread * random.normal());
    const normals = (size: number) => Float64Array.from({ length: size }, () => random.normal());
    const x = normals(2 * n);
    const { y, phi } = policy.outputs(theta, x, n);
    const act = policy.distribution.sample(y, phi, normals(2 * n), n);
    const weight = rewardsToGo(normals(n), 0.5, 0).map((value) => value / n);
    const g = weightedScore(policy, theta, x, act, weight);
    return {
      name,
      g,
      short,
      fisher: (v) => fisherProduct(policy, policy.outputs(theta, x, n), v),
      kl(step) {
        const before = policy.outputs(theta, x, n).y.slice();
        const after = policy.outputs(sum(theta, step), x, n);
        const rows = policy.distribution.divergence({ y: before, phi }, after, n);
        return rows.reduce((total, value) => total + value, 0) / n;
      },
    };
  });
}

/** How far apart, relative to their length, are steps taken in theta and in coordinates phi with theta = M phi + c. */
function underAffineMaps(place: Place, random: Random) {
  const { g, fisher: product } = place;
  const size = g.length;
  const x = conjugateGradients(product, g, 40 * size, tolerance);
  let [apart, plain, bound] = [0, Infinity, 0];
  for (let k = 0; k < coordinates; k++) {
    const m: Matrix = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => (i === j ? 1 : 0) + (0.5 * random.normal()) / Math.sqrt(size)),
    );
    const into = (v: Float64Array) => timesTransposed(m, v);
    const inner: Linear = (v) => into(product(times(m, v)));
    const step = conjugateGradients(inner, into(g), 40 * size, tolerance);
    apart = Math.max(apart, distance(times(m, step), x) / length(x));
    // Directions alone: a longer step could be had by a larger alpha.
    plain = Math.min(plain, distance(unit(times(m, into(g))), unit(g)));
    const stretch = condition(dense(product, size)) + condition(dense(inner, size)) * Math.sqrt(condition(gram(m)));
    bound = Math.max(bound, tolerance * stretch);
  }
  return { place, natural: apart, plain, bound };
}

/**
 * theta = h(phi) = phi + phi^3 / 3, whose slope is h' = 1 + phi^2: a natural step d = alpha F_phi^-1 grad_phi J leads to h' d in
 * theta, as it should, and beyond that to phi d^2 + d^3 / 3.
 */
function underCurvedMap() {
  const phi = smallTheta;
  const h = (v: Float64Array) => v.map((value) => value + (value * value * value) / 3);
  const theta = h(phi);
  const slopes = phi.map((value) => 1 + value * value);
  const g = visitationGradient(smallMdp, theta);
  const f = fisher(smallMdp, theta);
  const inner: Linear = (v) => multiplied(slopes, times(f, multiplied(slopes, v)));
  const x = conjugateGradients((v) => times(f, v), g, 100, tolerance);
  const inPhi = conjugateGradients(inner, multiplied(slopes, g), 100, tolerance);

  function follow(step: Float64Array, direction: Float64Array) {
    const apart = steps.map((alpha) => {
      const there = h(phi.map((value, i) => value + alpha * direction[i]));
      return (
        distance(
          there,
          theta.map((value, i) => value + alpha * step[i]),
        ) / length(step)
      );
    });
    const { slope } = slopeOf(steps.map(log), apart.map(log));
    return { slope, apart };
  }

  // What comes after the leading power, relative to it at the largest alpha, bends a line over `steps` by less than twice that.
  const largest = steps[steps.length - 1];
  const power = (v: Float64Array, n: number) => v.map((value) => (n === 2 ? value * value : value * value * value));
  const third = length(power(inPhi, 3)) / 3;
  const second = length(multiplied(phi, power(inPhi, 2)));
  const d = multiplied(slopes, g);
  const first = distance(multiplied(slopes, d), g);
  const beyond = length(multiplied(phi, power(d, 2))) + (largest * length(power(d, 3))) / 3;
  const span = log(largest / steps[0]);
  return {
    natural: { ...follow(x, inPhi), bound: (4 * largest * third) / second / span },
    plain: { ...follow(g, d), bound: (4 * largest * beyond) / first / span },
  };
}

/** |KL / delta - 1| of the natural step whose predicted length is delta. */
function offPrediction({ g, fisher: product, kl }: Place, delta: number): number {
  const x = conjugateGradients(product, g, 40 * g.length, tolerance);
  const scale = Math.sqrt((2 * delta) / dot(x, product(x)));
  return Math.abs(kl(x.map((value) => scale * value)) / delta - 1);
}

/** KL of the step of length delta, and the bounds that its range gives. */
function lengthOfStep(delta: number) {
  const f = fisher(smallMdp, smallTheta);
  const x = conjugateGradients((v) => times(f, v), visitationGradient(smallMdp, smallTheta), 100, tolerance);
  const scale = Math.sqrt((2 * delta) / dot(x, times(f, x)));
  const step = x.map((value) => scale * value);
  const kl = divergence(smallMdp, smallTheta, sum(smallTheta, step));
  const free = smallMdp.actions - 1;
  const u = Math.max(
    ...smallMdp.start.map((_, s) => {
      const preferences = [...step.subarray(s * free, (s + 1) * free), 0];
      return Math.max(...preferences) - Math.min(...preferences);
    }),
  );
  // Small differences of large numbers lose digits: about 1e-16 / u^2, and the KL's own sum 1e-16 / delta.
  const slack = 1e-14 / (u * u) + 1e-14 / delta;
  const factor = (v: number) => (2 * (exp(v) - v - 1)) / (u * u);
  return { delta, kl, low: delta * (factor(-u) - slack), high: delta * (factor(u) + slack) };
}

function times(m: Matrix, v: Float64Array): Float64Array {
  return Float64Array.from(m, (row) => row.reduce((sum, value, j) => sum + value * v[j], 0));
}

function timesTransposed(m: Matrix, v: Float64Array): Float64Array {
  return v.map((_, j) => m.reduce((sum, row, i) => sum + row[j] * v[i], 0));
}

function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]);
}

function unit(v: Float64Array): Float64Array {
  return v.map((value) => value / length(v));
}

/** The matrix of a symmetric linear map. */
function dense(product: Linear, size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from(product(new Float64Array(size).with(i, 1))));
}

/** M^T M */
function gram(m: Matrix): number[][] {
  return dense((v) => timesTransposed(m, times(m, v)), m.length);
}

/** Ratio of the largest and the smallest eigenvalue; the smallest as what the largest one less A has at most. */
function condition(a: Matrix): number {
  const largest = largestEigenvalue(a);
  const rest = a.map((row, i) => row.map((value, j) => (i === j ? largest : 0) - value));
  return largest / (largest - largestEigenvalue(rest));
}
