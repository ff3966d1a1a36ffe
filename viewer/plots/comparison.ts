import { tipAt } from '../derive/episode.ts';
import { jointPositions, movingJoints } from '../derive/kinematics.ts';
import { clampToEpisode, ghostClock, ghostName } from '../state/compare.ts';
import { spanOf } from '../state/player.ts';
import type { EpisodeView, Moment } from '../state/state.ts';
import type { Plot } from './plot.ts';
import { overSpan } from './rows.ts';

/** The episode that plays and a ghost at the same time of the clock; `at` and `ghostAt` are their own control steps. */
interface Pair {
  readonly main: Moment;
  readonly at: number;
  readonly ghost: EpisodeView;
  readonly ghostAt: number;
}

/** A line for each ghost. Episodes rest before their start and after their end. */
function comparisonPlot(about: Pick<Plot, 'name' | 'title' | 'unit'>, read: (pair: Pair) => number): Plot {
  const valuesOf = (main: Moment, ghost: EpisodeView) => {
    const timeOf = ghostClock(main, ghost);
    return overSpan(spanOf(main.player), (position) => {
      const ghostAt = clampToEpisode(timeOf(position), ghost.episode);
      return read({ main, at: clampToEpisode(position, main.episode), ghost, ghostAt });
    });
  };
  const comparison = (main: Moment) =>
    main.ghosts.map((ghost, i) => ({ name: ghostName(ghost, i, main), values: valuesOf(main, ghost) }));
  return { ...about, series: () => [], comparison };
}

export const comparisonPlots: readonly Plot[] = [
  comparisonPlot({ name: 'tip-distance', title: 'Between the tips', unit: 'm' }, ({ main, at, ghost, ghostAt }) => {
    const [x, y, z] = tipAt(ghost.episode, ghost.recording.header.scene, ghostAt);
    const { tips } = main.derived;
    return Math.hypot(x - tips[3 * at], y - tips[3 * at + 1], z - tips[3 * at + 2]);
  }),
  comparisonPlot(
    { name: 'joint-distance', title: 'Between the joints', unit: 'rad' },
    ({ main, at, ghost, ghostAt }) => {
      const { scene } = main.recording.header;
      const joints = movingJoints(scene);
      const own = jointPositions(main.episode, scene);
      const other = jointPositions(ghost.episode, ghost.recording.header.scene);
      const from = Math.round(ghostAt) * joints.length;
      const apart = joints.map(({ kind }, j) =>
        kind === 'prismatic' ? 0 : other[from + j] - own[at * joints.length + j],
      );
      return Math.hypot(...apart);
    },
  ),
  comparisonPlot({ name: 'return-ahead', title: 'Return, less this episode’s' }, ({ main, at, ghost, ghostAt }) => {
    return ghost.derived.returns[Math.round(ghostAt)] - main.derived.returns[at];
  }),
];
