/** The ghosts: episodes compared with the one that plays, and where each is in its own time; pure. */
import { engineName } from '../../envs/env.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Span } from './player.ts';
import type { EpisodeRef, EpisodeView, Moment, State } from './state.ts';

/** Ghosts at most: more could not be told apart. */
export const maxGhosts = 5;

export function sameEpisode(a: EpisodeRef, b: EpisodeRef): boolean {
  return a.file === b.file && a.episode === b.episode;
}

export function isCompared(state: State, ref: EpisodeRef): boolean {
  return state.compare.some((other) => sameEpisode(other, ref));
}

/** Adds an episode to the comparison, or takes it out; the oldest makes room. */
export function toggleCompare(state: State, ref: EpisodeRef): State {
  const others = state.compare.filter((other) => !sameEpisode(other, ref));
  const compare = others.length < state.compare.length ? others : [...others, ref].slice(-maxGhosts);
  return { ...state, compare };
}

export interface Timing {
  readonly steps: number;
  /** Seconds per control step. */
  readonly dt: number;
  /** First state within the goal; -1 where there is none. */
  readonly reachedAt: number;
}

export function timingOf({
  episode,
  recording,
  derived,
}: Pick<EpisodeView, 'episode' | 'recording' | 'derived'>): Timing {
  return { steps: episode.steps, dt: recording.header.spec.dt, reachedAt: derived.reachedAt };
}

/** A letter for each ghost, in the order of their colours. */
export function ghostLetter(i: number): string {
  return String.fromCharCode(65 + i);
}

/** A ghost's name in plots. */
export function ghostName(ghost: Pick<EpisodeView, 'ref' | 'recording'>, i: number, main: Engined): string {
  const engine = engineIn(ghost.recording, [main.recording]);
  return [ghostLetter(i), `episode ${ghost.ref.episode + 1}`, ...engine].join(' · ');
}

type Engined = { readonly recording: { readonly header: Pick<RecordingHeader, 'engine'> } };

/** What simulated an episode, where not all that are shown with it are of one engine: none or one name. */
export function engineIn({ header }: Engined['recording'], others: readonly Engined['recording'][]): string[] {
  const nameOf = ({ engine }: Pick<RecordingHeader, 'engine'>) => (engine ? engineName(engine) : 'Rapier');
  const own = nameOf(header);
  return others.some((other) => nameOf(other.header) !== own) ? [own] : [];
}

/** Where a ghost is while the episode that plays is at `position`; it rests before its start and after its end. */
export function ghostPosition(position: number, main: Timing, ghost: Timing, bySuccess: boolean): number {
  return clampToEpisode(ghostTime(position, main, ghost, bySuccess), ghost);
}

/** Where an episode rests before its start and after its end. */
export function clampToEpisode(time: number, { steps }: Pick<Timing, 'steps'>): number {
  return Math.min(Math.max(time, 0), steps);
}

/** The time of a ghost on its own clock, from before its start to after its end. */
export function ghostTime(position: number, main: Timing, ghost: Timing, bySuccess: boolean): number {
  const [from, to] = bySuccess && canAlignBySuccess(main, ghost) ? [main.reachedAt, ghost.reachedAt] : [0, 0];
  return to + (position - from) * (main.dt / ghost.dt);
}

/** The time of a ghost on its own clock, by the position of the episode that plays. */
export function ghostClock(main: Moment, ghost: EpisodeView): (position: number) => number {
  const [own, other] = [timingOf(main), timingOf(ghost)];
  return (position) => ghostTime(position, own, other, main.state.align === 'success');
}

/** Whether there are successes to align by. */
export function canAlignBySuccess(main: Timing, ghost: Timing): boolean {
  return main.reachedAt >= 0 && ghost.reachedAt >= 0;
}

/** From the first start to the last end, in whole control steps of the episode that plays. */
export function combinedSpan(main: Timing, ghosts: readonly Timing[], bySuccess: boolean): Span {
  const ends = ghosts.flatMap((ghost) => [0, ghost.steps].map((t) => ghostTime(t, ghost, main, bySuccess)));
  const [from, to] = [Math.min(0, ...ends), Math.max(main.steps, ...ends)];
  // A millionth of a step is rounding.
  return { from: Math.floor(from + 1e-6), to: Math.ceil(to - 1e-6), all: false };
}
