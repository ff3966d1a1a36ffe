import { comparisonPlots } from './comparison.ts';
import { episodePlots } from './episode.ts';
import type { Plot } from './plot.ts';

/** From the top down. */
export const plots: readonly Plot[] = [...comparisonPlots, ...episodePlots];
