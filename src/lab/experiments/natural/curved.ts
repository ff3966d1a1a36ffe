import { log } from '../../../../envs/math/kernels.ts';
import { distance, length } from '../../../statistics/matrix.ts';
import { slopeOf } from '../../../statistics/moments.ts';
import type { Evidence } from '../../experiment.ts';
import { smallTheta } from '../../problems.ts';
import { naturalGradient, softmaxPolicy, sum } from './policies.ts';

const alphas = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2];

/** In curved coordinates natural steps differ from those in theta in second order, plain ones in first. */
export function inCurvedCoordinates(): Evidence {
  const { natural, plain } = underCurvedMap();
  return {
    findings: [
      {
        text: `in curved coordinates natural steps differ in second order (slope ${natural.slope.toFixed(3)}), plain ones in first (${plain.slope.toFixed(3)})`,
        holds: Math.abs(natural.slope - 2) <= natural.bound && Math.abs(plain.slope - 1) <= plain.bound,
      },
    ],
    plots: [
      {
        title: 'Steps taken in curved coordinates, against those taken in θ',
        x: { label: 'step size α', log: true },
        y: { label: 'distance between the two / length', log: true },
        series: [
          { label: 'natural gradient', x: alphas, y: natural.apart, line: true, points: true },
          { label: 'plain gradient', x: alphas, y: plain.apart, line: true, points: true },
        ],
      },
    ],
  };
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
  const { g, fisher } = softmaxPolicy(theta);
  const d = multiplied(slopes, g);
  const inPhi = naturalGradient({ g: d, fisher: (v) => multiplied(slopes, fisher(multiplied(slopes, v))) });

  function follow(step: Float64Array, direction: Float64Array) {
    const along = (v: Float64Array, alpha: number) => v.map((value) => alpha * value);
    const apart = alphas.map(
      (alpha) => distance(h(sum(phi, along(direction, alpha))), sum(theta, along(step, alpha))) / length(step),
    );
    return { slope: slopeOf(alphas.map(log), apart.map(log)).slope, apart };
  }

  // What comes after the leading power, relative to it at the largest alpha, bends a line over `alphas` by less than twice that.
  const largest = alphas[alphas.length - 1];
  const power = (v: Float64Array, n: number) => v.map((value) => (n === 2 ? value * value : value * value * value));
  const third = length(power(inPhi, 3)) / 3;
  const second = length(multiplied(phi, power(inPhi, 2)));
  const first = distance(multiplied(slopes, d), g);
  const beyond = length(multiplied(phi, power(d, 2))) + (largest * length(power(d, 3))) / 3;
  const span = log(largest / alphas[0]);
  return {
    natural: {
      ...follow(naturalGradient({ g, fisher }), inPhi),
      bound: (4 * largest * third) / second / span,
    },
    plain: { ...follow(g, d), bound: (4 * largest * beyond) / first / span },
  };
}

function multiplied(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]);
}
