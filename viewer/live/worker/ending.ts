/**
 * When an episode with an object is over. A policy has learned nothing of what comes after: it goes on pushing, off the goal and off the
 * table. An arm whose own tip is to be at the goal stays there, and has no end.
 */
import type { Env } from '../../../envs/env.ts';

/** What is over is in view so long, ms. */
const shownFor = 1000;

export interface Ending {
  readonly isOver: boolean;
  /** Whether what is over has been in view for long enough. */
  readonly hasBeenShown: boolean;
  /** Takes in a step: whether it led to the goal, and whether a hand had to do with it. */
  step(success: boolean, isByHand: boolean): void;
  /** There is as much time again as an episode has. */
  again(): void;
}

export function createEnding({ spec, scene }: Pick<Env, 'spec' | 'scene'>): Ending {
  // Of the bodies, those that can be moved come last.
  const movable = spec.bodies.slice(spec.bodies.length - scene.objects.length);
  const hasEnd = spec.markers.some(({ body }) => body !== undefined && movable.includes(body));
  let steps = 0;
  let overSince: number | null = null;
  const again = () => {
    steps = 0;
    overSince = null;
  };
  return {
    get isOver() {
      return overSince !== null;
    },
    get hasBeenShown() {
      return overSince !== null && performance.now() - overSince >= shownFor;
    },
    step(success, isByHand) {
      steps = isByHand ? 0 : steps + 1;
      const isOver = hasEnd && !isByHand && (success || steps >= spec.horizon);
      overSince = isOver ? performance.now() : null;
    },
    again,
  };
}
