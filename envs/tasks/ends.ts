/** What tasks end by, for those too who tell of an episode without simulating it. */

/** Harder than this is touching, N: less is what rounding leaves of bodies that lie on each other. */
export const leastTouch = 0.5;

/**
 * Goals that follow one another in an episode: which of so many stands in step t. The last state of a goal's time is still its own, and
 * the last goal stands for as long as an episode goes on.
 */
export function goalIn(t: number, goalSteps: number, goals: number): number {
  return Math.min(Math.floor(Math.max(t - 1, 0) / goalSteps), goals - 1);
}
