import { streamsOf } from '../problems.ts';
import type { Experiment, Plot, Section } from '../section.ts';
import { inBatches } from '../unbiased/batches.ts';
import { type Judged, planted } from '../unbiased/judged.ts';
import { onLqr } from '../unbiased/lqr.ts';
import { onMdp } from '../unbiased/mdp.ts';
import { byStepCount } from '../unbiased/step-counts.ts';
import { inTraining } from '../unbiased/training.ts';

export const unbiased: Experiment = {
  name: 'unbiased',
  description: 'the mean of every estimator against the exact gradient',
  run(seed): Section {
    const streams = streamsOf(seed, 1);
    const episodes = onMdp(streams);
    const batches = inBatches();
    const steps = byStepCount();
    const lqr = onLqr(streams);
    const training = inTraining(streams);
    return {
      name: 'unbiased',
      title: 'Unbiasedness',
      claim:
        'The mean of an unbiased estimator is the gradient of J = E Σ γᵗ rₜ itself. What is biased is so by an amount that can be written down.',
      equations: [
        'E[ Σₜ wₜ ∇ log π(aₜ | sₜ) ] = ∇J(θ)',
        'T² = n (ḡ − ∇J)ᵀ S⁻¹ (ḡ − ∇J) ~ χ² with as many degrees of freedom as θ has components',
      ],
      findings: [episodes, batches, steps, lqr, training].flatMap(({ findings }) => findings),
      tables: [episodes, batches, steps, lqr, training].map(({ table }) => table),
      plots: [
        biasPlot('The bias of biased estimators', [...episodes.judged, ...batches.judged]),
        {
          title: 'What dividing by the realised number of steps costs',
          x: { label: 'steps in a batch, at least', log: true },
          y: { label: '|bias| / |gradient|', log: true },
          series: [
            { label: 'divided by the realised count', x: steps.sizes, y: steps.biases, line: true, points: true },
          ],
        },
      ],
    };
  },
};

/** Enumerated biases, the largest first. */
function biasPlot(title: string, judged: readonly Judged[]): Plot {
  const biased = judged.filter(({ estimator }) => !estimator.unbiased && estimator !== planted);
  const sorted = biased.toSorted((a, b) => b.bias - a.bias);
  return {
    title,
    x: { label: '', names: sorted.map(({ estimator }) => estimator.name) },
    y: { label: '|bias| / |∇J|', log: true },
    series: [{ label: 'enumerated', x: sorted.map((_, i) => i), y: sorted.map(({ bias }) => bias), points: true }],
  };
}
