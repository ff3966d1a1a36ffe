import { jointAngles } from '../derive/angles.ts';
import type { Plot } from './types.ts';

export const angles: Plot = {
  name: 'angles',
  title: 'Joint angles',
  unit: 'rad',
  series: ({ episode, recording }) => {
    const { joints } = recording.header.scene;
    const all = jointAngles(episode, recording.header.scene);
    return joints.map(({ name, low, high }, j) => ({
      name,
      values: Float64Array.from({ length: episode.steps + 1 }, (_, t) => all[t * joints.length + j]),
      at: 'state' as const,
      limits: low === undefined || high === undefined ? undefined : [low, high],
    }));
  },
};
