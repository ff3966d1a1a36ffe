/** Which moments the frames of a video show; pure. */

interface Clip {
  /** Frames a second. */
  readonly rate: number;
  /** Time in control steps at each frame. */
  readonly positions: readonly number[];
}

export interface ClipOptions {
  /** Seconds per control step. */
  readonly dt: number;
  /** Seconds of the recording for a second of video. */
  readonly speed: number;
  /** Seconds that the end stays in view. */
  readonly hold: number;
  /** Frames a second at least. */
  readonly least: number;
}

/**
 * The frames from one time to another, both in control steps and both shown. A control step takes a whole number of frames at
 * speed 1, so that recorded states are shown as they are.
 */
export function clipOf(from: number, to: number, { dt, speed, hold, least }: ClipOptions): Clip {
  const perStep = Math.max(1, Math.ceil(least * dt - 1e-9));
  const rate = perStep / dt;
  const whole = Math.floor(((to - from) * perStep) / speed + 1e-9);
  const positions = Array.from({ length: whole + 1 }, (_, frame) => from + (frame * speed) / perStep);
  if (positions[whole] < to - 1e-9) positions.push(to);
  // The frame that shows the end stays as long as any other, without a hold.
  const held = Math.max(0, Math.round(hold * rate) - 1);
  return { rate, positions: [...positions, ...Array.from({ length: held }, () => to)] };
}
