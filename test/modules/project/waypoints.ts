import { defineTask, field, forwardKinematics, jointStep, sceneOf } from '@armature-rl/armature';
import { way } from './lib/way.ts';

/** Be at a point in the first half of the time, and at another in the second. */
export default defineTask({
  name: 'waypoints',
  description: 'be at one point, then at another',
  options: {
    horizon: { default: 40, low: 2, high: 1000, integer: true, description: 'control steps in an episode' },
    spread: { default: 0.2, low: 0, high: 3, description: 'how far the joints are from home at the points, rad' },
  },
  budget: 40_000,
  create(arm, { horizon, spread }) {
    const scene = sceneOf(arm);
    const goal = (t: number, points: Float32Array) => (t < horizon / 2 ? points.subarray(0, 3) : points.subarray(3, 6));
    return {
      scene,
      controller: jointStep(arm, 0.05),
      obs: [field('q', arm.home.length, 'rad'), field('tip', 3, 'm'), field('goal', 3, 'm')],
      params: [field('first', 3, 'm'), field('second', 3, 'm')],
      markers: [{ param: 'first', radius: 0.05 }, { param: 'second' }],
      terms: ['distance'],
      horizon,
      reset(random, { q }, points) {
        for (const at of [0, 3]) {
          const posture = q.map((angle) => angle + random.between(-spread, spread));
          points.set(forwardKinematics(scene.arm, posture).tip.position, at);
        }
      },
      observe: ({ q, t, site }, points, out) => out.set([...q, ...site(arm.tip).position, ...goal(t, points)]),
      reward: (state, points, _action, terms) => terms.fill(-way(state, arm.tip, goal(state.t, points))),
      success: (state, points) => way(state, arm.tip, goal(state.t, points)) < 0.05,
    };
  },
});
