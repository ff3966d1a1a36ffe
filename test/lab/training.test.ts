import { expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { fittedBaselines } from '../../src/lab/baselines.ts';
import { compareWithTraining } from '../../src/lab/experiments/unbiased/training.ts';
import { lqrActing, lqrCritic, lqrTheta, smallLqr } from '../../src/lab/problems.ts';

const compared = compareWithTraining(smallLqr, lqrTheta, lqrActing, lqrCritic, stream(1, 'noise'));

it.each(compared)('$estimator.name is what train $options computes', ({ apart }) => {
  // Training keeps observations as float32, 6e-8 off; sums of products of them may cancel to a hundredth.
  expect(apart).toBeLessThan(6e-6);
});

it('compares every baseline that training offers', () => {
  const names = compared.map(({ estimator }) => estimator.name);
  for (const name of fittedBaselines) expect(names).toContain(`to-go, ${name} baseline`);
});
