/** A training as a film: the same episode at several times of it, one after the other; pure. */

import { roomFor } from './compare.ts';
import type { OpenFile, State } from './state.ts';

/** Recordings that a film stops at, at most: each is to be seen. */
const mostStops = 7;

/** Seconds that the end of an attempt stays in view before the next begins: at most, and as a share of the time that attempts take. */
const pauseBetween = { most: 0.35, share: 0.5 } as const;

/** Seconds of a film, at least, in which something moves. */
const leastMoving = 0.1;

/**
 * Control steps shown of an attempt, at most, in those of the last attempt where that reaches its goal: an attempt that reaches
 * its goal too is shown to a later step than one that misses it.
 */
const stepLimits = { missed: 2, reached: 6 } as const;

/** Seconds that a film lasts if nothing else is asked for, and how many of them show its end. */
export const usualFilm = { seconds: 9, hold: 1.5 } as const;

/**
 * Which snapshots of a training a film shows: the first, the last, and some between, chosen so that success rises by as much, and
 * as much time passes, from each to the next.
 * @param successes share of goals reached by each snapshot, where that is known
 * @returns indices, rising
 */
export function chooseStops(successes: readonly (number | undefined)[], most = mostStops): number[] {
  const last = successes.length - 1;
  if (last < most) return successes.map((_, i) => i);
  let best = successes[0] ?? 0;
  const begin = best;
  const risen = successes.map((success) => {
    best = Math.max(best, success ?? 0);
    return best - begin;
  });
  const all = risen[last];
  // Success counts four times as much as time: most of a training comes after what there was to learn.
  const along = risen.map((rise, i) => (all > 0 ? 0.8 * (rise / all) + 0.2 * (i / last) : i / last));
  const wanted = Array.from({ length: most }, (_, k) => k / (most - 1));
  const nearest = wanted.map((at) =>
    along.reduce((near, x, i) => (Math.abs(x - at) < Math.abs(along[near] - at) ? i : near), 0),
  );
  return [...new Set([0, ...nearest.slice(1, -1), last])].sort((a, b) => a - b);
}

/** The episode among so many that goes with one of another recording: that of its number, or the first, which nobody chose for how it ends. */
export function sameEpisode(episode: number, count: number): number {
  return episode < count ? episode : 0;
}

/** The episode as one of the snapshots plays it. */
export interface Stop {
  /** Control steps T. */
  readonly steps: number;
  readonly success: boolean;
}

export interface FilmOptions {
  /** Seconds per control step. */
  readonly dt: number;
  /** Seconds in all; where absent, the speed says how long it takes. */
  readonly seconds?: number;
  readonly speed?: number;
  /** Seconds that the last state stays in view. */
  readonly hold: number;
}

export interface Film {
  /** Control steps shown of the episode at each stop. */
  readonly steps: readonly number[];
  /** When each stop begins, s. */
  readonly starts: readonly number[];
  readonly seconds: number;
  /** Seconds of the recording for a second of the film: the same at each stop, so that what became faster looks faster. */
  readonly speed: number;
  readonly dt: number;
}

export function filmOf(stops: readonly Stop[], { dt, seconds = usualFilm.seconds, speed, hold }: FilmOptions): Film {
  const last = stops[stops.length - 1];
  const most = ({ success }: Stop) =>
    last.success ? (success ? stepLimits.reached : stepLimits.missed) * last.steps : Infinity;
  const steps = stops.map((stop) => Math.min(stop.steps, most(stop)));
  const total = steps.reduce((sum, each) => sum + each, 0) * dt;
  const chosen = speed ?? speedFor(total, stops.length, Math.max(seconds - hold, leastMoving));
  const pause = Math.min(pauseBetween.most, (pauseBetween.share * total) / chosen / stops.length);
  const starts: number[] = [];
  let at = 0;
  for (const [i, each] of steps.entries()) {
    starts.push(at);
    at += (each * dt) / chosen + (i < steps.length - 1 ? pause : hold);
  }
  return { steps, starts, seconds: at, speed: chosen, dt };
}

/** The speed at which attempts, `total` seconds long together, take so many seconds with the pauses between them. */
function speedFor(total: number, attempts: number, seconds: number): number {
  const withFull = total / (seconds - pauseBetween.most * (attempts - 1));
  const hasFull = withFull > 0 && (pauseBetween.share * total) / withFull / attempts >= pauseBetween.most;
  return hasFull ? withFull : (total * (1 + (pauseBetween.share * (attempts - 1)) / attempts)) / seconds;
}

/** What a film shows at a time: which of its stops, and the time in control steps of the episode there. */
export function filmAt({ starts, steps, speed, dt }: Film, seconds: number): { stop: number; position: number } {
  const stop = Math.max(
    0,
    starts.findLastIndex((start) => start <= seconds + 1e-9),
  );
  return { stop, position: Math.min(Math.max(0, ((seconds - starts[stop]) * speed) / dt), steps[stop]) };
}

/** The known ones among the shares of goals reached, each with the index of its snapshot. */
export function curvePoints(successes: readonly (number | undefined)[]): (readonly [index: number, share: number])[] {
  return successes.flatMap((share, i) => (share === undefined ? [] : [[i, share] as const]));
}

/**
 * The state after an export: what was in view before, with the files that were added meanwhile.
 * @param isOfFilm whether an open file is one that the film opened
 */
export function restored(now: State, before: State, isOfFilm: (file: OpenFile) => boolean): State {
  if (now.file === before.file) return { ...now, player: before.player, film: undefined };
  const { file, player, marks, verdicts } = before;
  const added = now.files.filter((one) => !isOfFilm(one) && !before.files.some(({ id }) => id === one.id));
  const isAdded = (wanted: number | undefined) => added.some(({ id }) => id === wanted);
  const beside = isAdded(now.beside) ? now.beside : before.beside;
  const compare = [...before.compare, ...now.compare.filter((ref) => isAdded(ref.file))].slice(-roomFor({ beside }));
  const files = [...before.files, ...added];
  return { ...now, files, file, player, beside, compare, marks, verdicts, film: undefined };
}
