import type { Plot } from './types.ts';

export const reward: Plot = {
  name: 'reward',
  title: 'Reward by term',
  unit: '',
  stacked: true,
  series: ({ episode: { terms, steps }, recording }) => {
    const names = recording.header.spec.terms;
    return names.map((name, k) => ({
      name,
      values: Float64Array.from({ length: steps }, (_, t) => terms[t * names.length + k]),
      at: 'step' as const,
    }));
  },
};
