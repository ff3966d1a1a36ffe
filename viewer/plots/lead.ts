import { ghostName, ghostPosition, rest, timingOf } from '../state/compare.ts';
import { spanOf } from '../state/player.ts';
import type { Moment, Subject } from '../state/types.ts';
import { overSpan } from './data.ts';
import type { Plot } from './types.ts';

/** How much more reward each ghost has gathered by then than the one that plays. */
export const lead: Plot = {
  name: 'lead',
  title: 'Return ahead',
  unit: '',
  series: () => [],
  comparison: (moment) =>
    moment.ghosts.map((ghost, i) => ({ name: ghostName(ghost, i), values: ahead(moment, ghost) })),
};

function ahead(main: Moment, ghost: Subject): Float64Array {
  const [a, b] = [timingOf(main), timingOf(ghost)];
  return overSpan(spanOf(main.player), (position) => {
    const at = Math.round(ghostPosition(position, a, b, main.state.align === 'success'));
    return ghost.derived.returns[at] - main.derived.returns[rest(position, a)];
  });
}
