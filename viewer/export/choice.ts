/** What an export can be, and how long it takes; pure. */

export const subjects = ['picture', 'episode', 'film'] as const;
export type Subject = (typeof subjects)[number];

export const formats = ['png', 'mp4', 'webm', 'webp'] as const;
export type Format = (typeof formats)[number];
export type VideoFormat = 'mp4' | 'webm';

/** The formats of each subject, the usual one first. */
export const formatsOf: Readonly<Record<Subject, readonly Format[]>> = {
  picture: ['png', 'webp'],
  episode: ['mp4', 'webm', 'webp'],
  film: ['mp4', 'webm', 'webp'],
};

export const sizes: readonly { readonly width: number; readonly height: number; readonly name: string }[] = [
  { width: 1920, height: 1080, name: 'Full HD' },
  { width: 1280, height: 720, name: 'HD' },
  { width: 960, height: 540, name: 'small' },
  { width: 1080, height: 1080, name: 'square' },
  { width: 1080, height: 1920, name: 'upright' },
  { width: 3840, height: 2160, name: '4K' },
];

/**
 * Pixels of a picture's shorter side at which its texts, lines and dots have the sizes that the page gives them; in larger pictures
 * these grow along.
 */
export const pictureUnit = 540;

export interface Choice {
  readonly subject: Subject;
  readonly format: Format;
  readonly width: number;
  readonly height: number;
  /** Seconds of the recording for a second of the export. */
  readonly speed: number;
  /** Seconds that the end stays in view. */
  readonly hold: number;
  /** How often it is shown; 0 for without end. */
  readonly loops: number;
  readonly caption: boolean;
  readonly legend: boolean;
  /** Whether the file is to be small, rather than as good as can be. */
  readonly small: boolean;
}

/** How long something is shown at a speed, and the other way round. */
export interface Timing {
  /** With the time that the end stays in view, s. */
  seconds(speed: number, hold: number): number;
  speed(seconds: number, hold: number): number;
}

/** Speeds that can be asked for. */
export const speedRange = { low: 0.001, high: 100 } as const;

/** The timing of a stretch that lasts `length` seconds at its own pace. */
export function stretchTiming(length: number): Timing {
  return {
    seconds: (speed, hold) => length / speed + hold,
    speed: (seconds, hold) => within(length / Math.max(seconds - hold, 0.1)),
  };
}

export function within(speed: number): number {
  return Math.min(Math.max(speed, speedRange.low), speedRange.high);
}
