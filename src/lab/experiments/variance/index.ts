import { experiment } from '../../experiment.ts';
import { streamsOf } from '../../problems.ts';
import { onArm } from './arm.ts';
import { onMdps } from './mdp.ts';
import { optimalBaselines } from './optimal-baseline.ts';

export const variance = experiment({
  name: 'variance',
  description: 'the spread of every estimator, on an MDP and on a real arm',
  title: 'Variance',
  claim:
    'Estimators with the same mean differ in their covariance. Less of what an action did not cause, and more of what was to be expected taken away, usually makes it smaller; that is no law.',
  equations: ['tr Cov(g) = E |g|² − |E g|²', 'b* = E[ |z|² G ] / E[ |z|² ] minimises tr Cov( z (G − b) ), z the score'],
  async evidence(seed) {
    const streams = streamsOf(seed, 3);
    return [onMdps(streams), optimalBaselines(streams(3)), await onArm(seed, streams(4))];
  },
});
