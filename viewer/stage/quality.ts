/** Trades sharpness for pace on slow machines; pure, so that tests need no slow machine. */

export interface Level {
  /** Pixels per CSS pixel, at most. */
  readonly pixels: number;
  /** Where shadows fall: on everything, on the floor alone, or nowhere. */
  readonly shadows: 'all' | 'floor' | 'none';
  /** Whether the arm is lit as well as can be. */
  readonly fine: boolean;
  /** Whether the arm is as round as can be. */
  readonly round: boolean;
}

export const levels: readonly Level[] = [
  { pixels: 2, shadows: 'all', fine: true, round: true },
  { pixels: 1, shadows: 'all', fine: true, round: true },
  { pixels: 0.75, shadows: 'all', fine: true, round: false },
  { pixels: 0.75, shadows: 'floor', fine: false, round: false },
  { pixels: 0.6, shadows: 'none', fine: false, round: false },
  { pixels: 0.4, shadows: 'none', fine: false, round: false },
];

/** Seconds that a frame may take. */
const budget = 1 / 24;
/** Slow frames in a row before quality drops; a very slow frame counts double. */
const slowFramesBeforeDrop = 4;
/** Seconds of a very slow frame. */
const verySlow = 0.1;
/** A pause of so many seconds was a hidden tab, not a slow frame. */
const hiddenTab = 5;

export interface Quality {
  /** Index into `levels`. */
  readonly level: number;
  /** Slow frames in a row so far. */
  readonly slow: number;
}

/** The quality after a frame in motion that took so many seconds. It never rises again: flicker is worse than blur. */
export function nextQuality({ level, slow }: Quality, seconds: number): Quality {
  if (seconds > hiddenTab) return { level, slow };
  if (seconds <= budget) return { level, slow: 0 };
  const count = slow + (seconds > verySlow ? 2 : 1);
  if (count < slowFramesBeforeDrop) return { level, slow: count };
  return { level: Math.min(level + 1, levels.length - 1), slow: 0 };
}
