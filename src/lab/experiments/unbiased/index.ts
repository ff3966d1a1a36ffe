import { type Evidence, experiment } from '../../experiment.ts';
import { streamsOf } from '../../problems.ts';
import { inBatches } from './batches.ts';
import { crediting } from './crediting.ts';
import { onMdp } from './episodes.ts';
import { onLqr } from './lqr.ts';
import { byStepCount } from './step-counts.ts';
import { planted, type Tested } from './tests.ts';
import { inTraining } from './training.ts';

export const unbiased = experiment({
  name: 'unbiased',
  description: 'the mean of every estimator against the exact gradient',
  title: 'Unbiasedness',
  claim:
    'The mean of an unbiased estimator is the gradient of J = E Σ γᵗ rₜ itself. What is biased is so by an amount that can be written down.',
  equations: [
    'E[ Σₜ wₜ ∇ log π(aₜ | sₜ) ] = ∇J(θ)',
    'T² = n (ḡ − ∇J)ᵀ S⁻¹ (ḡ − ∇J) ~ χ² with as many degrees of freedom as θ has components',
  ],
  evidence(seed) {
    const streams = streamsOf(seed, 1);
    const [episodes, batches] = [onMdp(streams), inBatches()];
    const biases = biasesOf([...episodes.rows, ...batches.rows]);
    return [episodes, { ...batches, ...biases }, byStepCount(), onLqr(streams), inTraining(streams), crediting()];
  },
});

/** Enumerated biases, the largest first. */
function biasesOf(rows: readonly Pick<Tested, 'estimator' | 'bias'>[]): Pick<Evidence, 'plots'> {
  const biased = rows.filter(({ estimator }) => !estimator.unbiased && estimator !== planted);
  const sorted = biased.toSorted((a, b) => b.bias - a.bias);
  const [x, y] = [sorted.map((_, i) => i), sorted.map(({ bias }) => bias)];
  return {
    plots: [
      {
        title: 'The bias of biased estimators',
        x: { label: '', names: sorted.map(({ estimator }) => estimator.name) },
        y: { label: '|bias| / |∇J|', log: true },
        series: [{ label: 'enumerated', x, y, points: true }],
      },
    ],
  };
}
