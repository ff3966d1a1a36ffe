import type { Plot } from './types.ts';

export const likelihood: Plot = {
  name: 'logp',
  title: 'Log-probability of the action',
  unit: '',
  compared: true,
  series: ({ episode }) => [{ name: 'log π(a | s)', values: episode.logp, at: 'step' }],
};
