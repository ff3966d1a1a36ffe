/** Colours for the steps of an episode; pure. */
import type { Trajectory } from '../../envs/trajectory.ts';
import { advantages, type Discounting } from '../derive/episode.ts';
import type { Palette } from '../scene/palette.ts';
import type { TrailColoring } from '../state/state.ts';

export interface ColorRamp {
  readonly low: number;
  readonly high: number;
  readonly colors: readonly number[];
  colorOf(step: number): number;
}

/** The quantity that colours the trail [T], NaN where it is not known yet; undefined for a plain trail, and where the recording lacks it. */
export function trailValues(episode: Trajectory, trail: TrailColoring, by: Discounting): ArrayLike<number> | undefined {
  if (trail === 'reward') return episode.reward;
  if (trail === 'plain') return undefined;
  const found = advantages(episode, by);
  return Number.isFinite(found[0]) ? found : undefined;
}

/** Rewards are coloured from least to most, advantages about zero; what is not known as if it were zero. */
export function colorRamp(values: ArrayLike<number>, trail: TrailColoring, palette: Palette): ColorRamp {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] || 0);
    high = Math.max(high, values[i] || 0);
  }
  const centred = trail === 'advantage';
  const reach = Math.max(Math.abs(low), Math.abs(high), 1e-9);
  const [from, to] = centred ? [-reach, reach] : [low, high > low ? high : low + 1e-9];
  const colors = centred ? palette.diverging : palette.sequence;
  return { low: from, high: to, colors, colorOf: (t) => mixColors(colors, ((values[t] || 0) - from) / (to - from)) };
}

/** A colour along a list of colours, at 0 the first and at 1 the last. */
export function mixColors(colors: readonly number[], along: number): number {
  const at = Math.min(Math.max(along, 0), 1) * (colors.length - 1);
  const i = Math.min(Math.floor(at), colors.length - 2);
  const channel = (color: number, shift: number) => (color >> shift) & 255;
  return [16, 8, 0].reduce((sum, shift) => {
    const [a, b] = [channel(colors[i], shift), channel(colors[i + 1], shift)];
    return sum | (Math.round(a + (b - a) * (at - i)) << shift);
  }, 0);
}
