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

/**
 * Pixels per CSS pixel of a frame. What a processor draws is not antialiased: a still frame is drawn twice as large there and scaled
 * down instead.
 */
export function pixelRatio(screen: number, { pixels }: Level, isStillBySoftware: boolean): number {
  return isStillBySoftware ? 2 : Math.min(screen, pixels);
}

/** Seconds that a frame may take. */
const budget = 1 / 24;
/** Slow frames in a row before quality drops; a very slow frame counts double. */
const slowFramesBeforeDrop = 4;
/** Seconds of a very slow frame. */
const verySlow = 0.1;
/** A pause of so many seconds was a hidden tab, not a slow frame. */
const hiddenTab = 5;

/** Seconds of a frame that leaves room for a better one: a level costs at most about twice the next. */
const spare = 1 / 45;
/** Frames with room to spare before quality rises, at first and at most: each drop doubles them, so that it does not flicker. */
const [firstWait, longestWait] = [60, 3600];

export interface Quality {
  /** Index into `levels`. */
  readonly level: number;
  /** Slow frames in a row so far. */
  readonly slow: number;
  /** Frames with room to spare in a row so far. */
  readonly fast: number;
  /** How many of these it takes to rise. */
  readonly wait: number;
}

/** The quality to begin with. */
export function startingAt(level: number): Quality {
  return { level, slow: 0, fast: 0, wait: firstWait };
}

/** The quality after a frame in motion that took so many seconds. */
export function nextQuality(quality: Quality, seconds: number): Quality {
  if (seconds > hiddenTab) return quality;
  return seconds > budget ? afterSlow(quality, seconds) : afterFast(quality, seconds);
}

function afterSlow(quality: Quality, seconds: number): Quality {
  const { level, slow, wait } = quality;
  const count = slow + (seconds > verySlow ? 2 : 1);
  if (count < slowFramesBeforeDrop) return { ...quality, slow: count, fast: 0 };
  const lower = Math.min(level + 1, levels.length - 1);
  return { level: lower, slow: 0, fast: 0, wait: lower > level ? Math.min(2 * wait, longestWait) : wait };
}

function afterFast(quality: Quality, seconds: number): Quality {
  const { level, fast, wait } = quality;
  if (seconds > spare || level === 0) return { ...quality, slow: 0, fast: 0 };
  if (fast + 1 < wait) return { ...quality, slow: 0, fast: fast + 1 };
  return { level: level - 1, slow: 0, fast: 0, wait };
}
