import { exp } from '../../../../envs/math/kernels.ts';
import { experiment } from '../../experiment.ts';
import { streamsOf } from '../../problems.ts';
import { atDistances, measureDistances } from './distance.ts';
import { atHorizons, measureHorizons } from './horizon.ts';

export const importance = experiment({
  name: 'importance',
  description: 'episodes of another policy, weighted by ratios',
  title: 'Importance sampling',
  claim:
    'Episodes of another policy serve this one at any distance, if weighted by the ratio of their probabilities; but the weights concentrate on ever fewer of them, the more so the longer the episodes.',
  equations: [
    'ρ(τ) = Πₜ π_new(aₜ | sₜ) / π_old(aₜ | sₜ)',
    'effective share of the episodes = (E ρ)² / E ρ² = 1 / E ρ² ≤ exp(−KL(P_new | P_old))',
  ],
  evidence(seed) {
    const distances = measureDistances(streamsOf(seed, 5));
    const horizons = measureHorizons();
    const bound = {
      text: 'it is never more than exp(−KL) of the episodes',
      holds: [...distances, ...horizons].every(({ kl, effective }) => effective <= exp(-kl) * (1 + 1e-12)),
    };
    return [atDistances(distances), { findings: [bound] }, atHorizons(horizons)];
  },
});
