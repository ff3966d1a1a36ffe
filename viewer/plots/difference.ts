import { tipAt } from '../derive/derive.ts';
import { ghostName, ghostPosition, timingOf } from '../state/compare.ts';
import type { Moment, Subject } from '../state/types.ts';
import type { Plot } from './types.ts';

/** How far each ghost's end effector is from the one that plays, at every state of the one that plays. */
export const difference: Plot = {
  name: 'difference',
  title: 'Between the tips',
  unit: 'm',
  series: () => [],
  comparison: (moment) =>
    moment.ghosts.map((ghost, i) => ({
      name: ghostName(ghost, i),
      values: separation(moment, ghost),
      at: 'state' as const,
    })),
};

function separation(main: Moment, ghost: Subject): Float64Array {
  const { tips } = main.derived;
  const [a, b] = [timingOf(main), timingOf(ghost)];
  return Float64Array.from({ length: main.episode.steps + 1 }, (_, t) => {
    const at = ghostPosition(t, a, b, main.state.align === 'success');
    const [x, y, z] = tipAt(ghost.episode, ghost.recording.header.scene, at);
    return Math.hypot(x - tips[t * 3], y - tips[t * 3 + 1], z - tips[t * 3 + 2]);
  });
}
