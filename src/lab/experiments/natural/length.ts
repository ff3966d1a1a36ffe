import { exp } from '../../../../envs/math/kernels.ts';
import { figures } from '../../../report/format.ts';
import type { Evidence } from '../../experiment.ts';
import { smallMdp } from '../../problems.ts';
import { type LocalPolicy, naturalStep } from './policies.ts';

const deltas = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];

/** A natural step is as long, in KL, as its equation says. */
export function lengthOfSteps(softmax: LocalPolicy, policies: readonly LocalPolicy[]): Evidence {
  const rows = deltas.map((delta) => boundedStep(softmax, delta));
  const closing = policies.map((policy) => {
    const off = policy.short.map((delta) => Math.abs(policy.kl(naturalStep(policy, delta)) / delta - 1));
    const [far, near] = off.map(figures);
    return { off, text: `${far} off at δ = ${figures(policy.short[0])}, ${near} at ${figures(policy.short[1])}` };
  });
  return {
    findings: [
      {
        text: `the KL of a step is its prediction δ, within bounds that close on it: ${rows[0].kl.toFixed(4)} δ at δ = ${figures(deltas[0])}`,
        holds: rows.every(({ kl, low, high }) => kl >= low && kl <= high),
      },
      {
        text: `for every policy the KL of a step closes on δ as √δ: ${closing.map(({ text }) => text).join('; ')}`,
        // A hundredth of delta leaves a tenth of the third-order term; twice that, for the orders after it.
        holds: closing.every(({ off: [far, near] }) => near < 0.2 * far && far < 0.1),
      },
    ],
    tables: [
      {
        title: 'KL of a natural step against its prediction',
        columns: ['δ = xᵀ F x / 2', 'KL', 'KL / δ', 'lower bound', 'upper bound'],
        rows: rows.map(({ delta, kl, low, high }) => [
          figures(delta),
          figures(kl * delta),
          ...[kl, low, high].map((value) => value.toFixed(5)),
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
            y: rows.map(({ kl }) => kl),
            low: rows.map(({ low }) => low),
            high: rows.map(({ high }) => high),
            points: true,
            line: true,
          },
        ],
      },
    ],
  };
}

/** KL of the softmax's step of length delta, and the bounds that the step's range gives, all relative to delta. */
function boundedStep(softmax: LocalPolicy, delta: number) {
  const step = naturalStep(softmax, delta);
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
  return { delta, kl: softmax.kl(step) / delta, low: factor(-u) - slack, high: factor(u) + slack };
}
