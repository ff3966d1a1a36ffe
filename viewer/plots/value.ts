import { advantages } from '../derive/advantage.ts';
import type { Plot } from './types.ts';

/** The last value of a terminated episode stands for nothing that follows. */
export const value: Plot = {
  name: 'value',
  title: 'Value',
  unit: '',
  series: ({ episode, recording }) => {
    if (!Number.isFinite(episode.value[0])) return [];
    return [
      { name: 'value', values: episode.value, at: 'state' },
      { name: 'advantage', values: advantages(episode, recording.header), at: 'step' },
    ];
  },
};
