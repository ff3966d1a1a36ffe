/** What the page is sent of the episodes that a policy learns from, when it asks: as much as is drawn. */
import { countSuccesses, type Trajectory } from '../../../envs/trajectory.ts';
import type { Batch } from './messages.ts';

const mostDrawn = 20;

/** @param iteration that learned from the episodes; 0 where none has yet */
export function batchOf(iteration: number, all: readonly Trajectory[]): Batch {
  // Where the simulation diverged there is nothing to draw.
  const episodes = all.filter(({ end }) => end !== 'fault').slice(0, mostDrawn);
  return {
    type: 'batch',
    iteration,
    count: all.length,
    successes: countSuccesses(all),
    // Copies: an episode out of a worker is a view into the memory of many.
    episodes: episodes.map(({ steps, success, pose, params }) => ({
      steps,
      success,
      pose: pose.slice(),
      params: params.slice(),
    })),
  };
}
