/** The error that the default stays within on smooth and task motion, rad RMS (test/envs/mujoco.test.ts). */
export const bound = 0.012;

/** A setting with what it costs, us per arm and control step, and its RMS errors, rad. */
export interface Point {
  readonly name: string;
  readonly isDefault: boolean;
  /** Whether it is the arm as it is, with other iterations. */
  readonly isPlain: boolean;
  readonly cost: number;
  readonly low: number;
  readonly high: number;
  readonly smooth: number;
  readonly task: number;
  /** The largest of smooth motion and of any task motion: what the bound is on. */
  readonly worst: number;
  readonly forced: number;
  readonly square: number;
}

/** Nothing cheaper is closer. */
export function isOnFront(point: Point, points: readonly Point[]): boolean {
  return (
    point.isPlain && !points.some((other) => other.isPlain && other.cost < point.cost && other.worst <= point.worst)
  );
}
