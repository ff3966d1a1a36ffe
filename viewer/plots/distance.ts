import type { Plot } from './types.ts';

export const distance: Plot = {
  name: 'distance',
  title: 'Distance to goal',
  unit: 'm',
  compared: true,
  level: ({ recording }) => recording.header.scene.goalRadius || undefined,
  series: ({ derived }) => [{ name: 'distance', values: derived.distance, at: 'state' }],
};
