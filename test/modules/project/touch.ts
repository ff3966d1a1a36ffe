import { defineTask, distance, field, forwardKinematics, jointStep, sceneOf } from '@armature-rl/armature';

/** Touch a point within reach of the tip, with any arm. */
export default defineTask({
  name: 'touch',
  options: { radius: { default: 0.05, low: 0.001, high: 1, description: 'distance that counts as touched, m' } },
  budget: 40_000,
  create: (arm, { radius }) => ({
    controller: jointStep(arm, 0.05),
    obs: [field('q', arm.home.length, 'rad'), field('tip', 3, 'm'), field('goal', 3, 'm')],
    params: [field('goal', 3, 'm')],
    markers: [{ param: 'goal', radius }],
    terms: ['distance'],
    horizon: 50,
    reset(random, { q }, goal) {
      const near = q.map((angle) => angle + random.between(-0.3, 0.3));
      goal.set(forwardKinematics(sceneOf(arm).arm, near).tip.position);
    },
    observe: ({ q, site }, goal, out) => out.set([...q, ...site(arm.tip).position, ...goal]),
    reward: ({ site }, goal, _action, terms) => terms.fill(-distance(site(arm.tip).position, goal)),
    success: ({ site }, goal) => distance(site(arm.tip).position, goal) < radius,
    terminated: ({ site }, goal) => distance(site(arm.tip).position, goal) < radius,
  }),
});
