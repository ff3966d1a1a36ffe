import type { State } from './state/state.ts';

/** A viewer as `createViewer` returns it, and as the page offers it to tests and scripts: `window.armature`. */
export interface ViewerApi {
  /** Resolves when the first recording is in view; on the page, also when it has settled without one. */
  readonly ready: Promise<void>;
  /** From 0; -1 while nothing is open. */
  readonly episode: number;
  /** The control step in view, from 0 to T; -1 while nothing is open. */
  readonly step: number;
  readonly state: State;
  /**
   * Shows a recording in place of the one in view; what is asked for later wins.
   * @param bytes of the file, which must not change afterwards
   * @param name of the file, as shown
   * @throws Error in one line where it is no recording, is damaged, or is of a later version; what was in view stays
   */
  open(bytes: Uint8Array | ArrayBuffer, name: string): Promise<void>;
  /** Shows a control step of an episode, and pauses there. */
  seek(episode: number, step: number): void;
  /** Draws what is in view at once, as a frame in motion. */
  draw(): void;
  /** World pose of the object that draws body i: position and quaternion x y z w. */
  bodyPose(i: number): number[];
  /** The same of a ghost. */
  ghostPose(ghost: number, i: number): number[];
  /** End effector in the world, m. */
  tip(): number[];
  /**
   * Where a mark of the policy overlay is drawn in the world, m [3]: the end of the arrow `commanded`, the end of the faint rest
   * `asked`, the ball `mean`, the ring `followed`.
   * @throws Error where nothing is drawn by that name
   */
  mark(name: string): number[];
  /** Where the camera is and what it looks at, m. */
  camera(): number[];
  /** Empties the element, and ends all listeners, frames and WebGL of the viewer. */
  close(): void;
}
