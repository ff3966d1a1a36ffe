import { diagonalGaussian, fixedGaussian, stateGaussian } from './diagonal.ts';
import { fullGaussian } from './full.ts';
import { squashedGaussian } from './squashed.ts';
import type { DistributionEntry } from './types.ts';

/** Every family of action distributions. A new one is a file, a line here and a choice in src/train/options.ts. */
export const distributions: Readonly<Record<string, DistributionEntry>> = Object.fromEntries(
  [diagonalGaussian, fixedGaussian, stateGaussian, fullGaussian, squashedGaussian].map((entry) => [entry.name, entry]),
);
