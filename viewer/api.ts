import type { State } from './state/state.ts';

/** What the page offers to tests and scripts as `window.armature`. */
export interface ViewerApi {
  /** Resolves when the first recording is in view, or the page has settled without one. */
  readonly ready: Promise<void>;
  readonly episode: number;
  readonly step: number;
  readonly state: State;
  seek(episode: number, step: number): void;
  /** Draws what is in view at once, as a frame in motion. */
  draw(): void;
  /** World pose of the object that draws body i: position and quaternion x y z w. */
  bodyPose(i: number): number[];
  /** The same of a ghost. */
  ghostPose(ghost: number, i: number): number[];
  /** End effector in the world, m. */
  tip(): number[];
  /** Where the camera is and what it looks at, m. */
  camera(): number[];
}
