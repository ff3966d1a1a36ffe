import { tipAt } from '../derive/derive.ts';
import { ghostName, ghostPosition, rest, timingOf } from '../state/compare.ts';
import { spanOf } from '../state/player.ts';
import type { Moment, Subject } from '../state/types.ts';
import { overSpan } from './data.ts';
import type { Plot } from './types.ts';

/** How far each ghost's end effector is from the one that plays, where each rests before its start and after its end. */
export const difference: Plot = {
  name: 'difference',
  title: 'Between the tips',
  unit: 'm',
  series: () => [],
  comparison: (moment) =>
    moment.ghosts.map((ghost, i) => ({ name: ghostName(ghost, i), values: separation(moment, ghost) })),
};

function separation(main: Moment, ghost: Subject): Float64Array {
  const { tips } = main.derived;
  const [a, b] = [timingOf(main), timingOf(ghost)];
  return overSpan(spanOf(main.player), (position) => {
    const at = ghostPosition(position, a, b, main.state.align === 'success');
    const [x, y, z] = tipAt(ghost.episode, ghost.recording.header.scene, at);
    const t = 3 * rest(position, a);
    return Math.hypot(x - tips[t], y - tips[t + 1], z - tips[t + 2]);
  });
}
