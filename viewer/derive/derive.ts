/** What a recording implies: the tip's path, distances to the goal, returns. Computed once for an episode. */
import type { Scene, Trajectory } from '../../envs/types.ts';
import { memo } from './memo.ts';
import { place, poseAt } from './pose.ts';

export interface Derived {
  /** End effector in the world [T+1, 3]. */
  readonly tips: Float64Array;
  /** From the end effector to the goal [T+1], m. */
  readonly distance: Float64Array;
  /** Sum of the rewards before each state [T+1]. */
  readonly returns: Float64Array;
  /** The first state within the goal; -1 where there is none. */
  readonly reachedAt: number;
}

export const derive = memo((episode: Trajectory, scene: Scene): Derived => {
  const { steps, goal, reward } = episode;
  const tips = new Float64Array((steps + 1) * 3);
  const distance = new Float64Array(steps + 1);
  const returns = new Float64Array(steps + 1);
  for (let t = 0; t <= steps; t++) {
    const tip = tipAt(episode, scene, t);
    tips.set(tip, t * 3);
    distance[t] = Math.hypot(tip[0] - goal[0], tip[1] - goal[1], tip[2] - goal[2]);
    if (t > 0) returns[t] = returns[t - 1] + reward[t - 1];
  }
  return { tips, distance, returns, reachedAt: distance.findIndex((d) => d < scene.goalRadius) };
});

export function tipAt({ pose }: Trajectory, scene: Scene, position: number): [number, number, number] {
  const body: number[] = [];
  poseAt(pose, scene.bodies.length, scene.endEffector.body, position, body);
  return place(body, scene.endEffector.position);
}

export function totalReturn(episode: Trajectory): number {
  return episode.reward.reduce((sum, reward) => sum + reward, 0);
}
