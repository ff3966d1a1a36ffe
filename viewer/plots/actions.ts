import { components, sigmaOf } from '../derive/actions.ts';
import type { Plot } from './types.ts';

/** The sampled actions; one alone shows where the policy would have it: the mean with one sigma to either side. */
export const actions: Plot = {
  name: 'actions',
  title: 'Actions',
  unit: '',
  series: ({ episode, recording }) => {
    const parts = components(recording.header);
    const column = (read: (k: number) => number, i: number) =>
      Float64Array.from({ length: episode.steps }, (_, t) => read(t * parts.length + i));
    return parts.map(({ name, field }, i) => ({
      name,
      values: column((k) => episode.act[k], i),
      at: 'step' as const,
      centre: column((k) => episode.mean[k], i),
      spread: column((k) => sigmaOf(episode, k), i),
      limits: field.low === undefined || field.high === undefined ? undefined : [field.low, field.high],
    }));
  },
};
