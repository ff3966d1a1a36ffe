/** Which moments the frames of a video show; pure. */

interface Clip {
  /** Frames a second. */
  readonly rate: number;
  /** Time in control steps at each frame. */
  readonly positions: readonly number[];
}

/** Frames a second at least. A control step takes a whole number of frames, so that recorded states are shown as they are. */
const smooth = 30;

/**
 * The frames from one time to another, both in control steps and both shown.
 * @param dt seconds per control step
 * @param speed seconds of the recording for a second of video
 */
export function clipOf(from: number, to: number, dt: number, speed: number): Clip {
  const perStep = Math.max(1, Math.ceil(smooth * dt - 1e-9));
  const whole = Math.floor(((to - from) * perStep) / speed + 1e-9);
  const positions = Array.from({ length: whole + 1 }, (_, frame) => from + (frame * speed) / perStep);
  if (positions[whole] < to - 1e-9) positions.push(to);
  return { rate: perStep / dt, positions };
}
