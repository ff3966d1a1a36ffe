import { components, edgeOf } from '../derive/actions.ts';
import type { Plot } from './types.ts';

/** The sampled actions; one alone shows where the policy would have it: the mean with one sigma to either side. */
export const actions: Plot = {
  name: 'actions',
  title: 'Actions',
  unit: '',
  series: ({ episode, recording }) => {
    const parts = components(recording.header);
    const { squashed } = recording.header.policy;
    const column = (read: (k: number) => number, i: number) =>
      Float64Array.from({ length: episode.steps }, (_, t) => read(t * parts.length + i));
    return parts.map(({ name, field }, i) => ({
      name,
      values: column((k) => episode.act[k], i),
      at: 'step' as const,
      band: {
        low: column((k) => edgeOf(episode, k, -1, squashed), i),
        high: column((k) => edgeOf(episode, k, 1, squashed), i),
      },
      limits: field.low === undefined || field.high === undefined ? undefined : [field.low, field.high],
    }));
  },
};
