/** Trades sharpness for pace on slow machines; pure, so that it can be tested without one. */

export interface Level {
  /** Pixels per CSS pixel, at most. */
  readonly pixels: number;
  /** Where shadows fall: on everything, on the floor alone, or nowhere. */
  readonly shadows: 'all' | 'floor' | 'none';
  /** Whether the arm is lit as well as can be. */
  readonly fine: boolean;
  /** Whether it is as round as can be. */
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

/** Seconds a frame may take, and how many slow ones in a row it takes to give in: fewer where they are far too slow. */
const budget = 1 / 24;
const patience = 4;
const hopeless = 0.1;
/** A pause this long was a hidden tab, not a slow frame. */
const absence = 5;

export interface Quality {
  readonly level: number;
  readonly slow: number;
}

/** After a frame in motion that took that many seconds. Quality does not come back: flicker is worse than blur. */
export function judge({ level, slow }: Quality, seconds: number): Quality {
  if (seconds > absence) return { level, slow };
  if (seconds <= budget) return { level, slow: 0 };
  const lost = seconds > hopeless ? patience / 2 : 1;
  if (slow + lost < patience) return { level, slow: slow + lost };
  return { level: Math.min(level + 1, levels.length - 1), slow: 0 };
}
