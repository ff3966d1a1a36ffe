import { ghostName, timingOf } from '../state/compare.ts';
import { alignedTo } from './data.ts';
import type { Plot } from './types.ts';

/** How much more reward each ghost has gathered by then than the one that plays. */
export const lead: Plot = {
  name: 'lead',
  title: 'Return ahead',
  unit: '',
  series: () => [],
  comparison: (moment) =>
    moment.ghosts.map((ghost, i) => {
      const returns = { name: '', values: ghost.derived.returns, at: 'state' as const };
      const theirs = alignedTo(returns, timingOf(moment), timingOf(ghost), moment.state.align === 'success');
      return {
        name: ghostName(ghost, i),
        values: theirs.map((value, t) => value - moment.derived.returns[t]),
        at: 'state' as const,
      };
    }),
};
