import { defineTask, distance, field, jointStep, type State } from '@armature-rl/armature';

/** Follow a lamp: it goes on in one place, and from step 15 on in another, where the arm is to touch it. In metres. */
export default defineTask({
  name: 'follow-lamp',
  description: 'touch a lamp that jumps to another place',
  options: { radius: { default: 0.05, low: 0.01, high: 0.2, description: 'distance that counts as a touch, m' } },
  budget: 60_000, // training steps of `armature train`
  create(arm, { radius }) {
    const done = ({ t, site }: State, lamp: Float32Array) => t >= 15 && distance(site(arm.tip).position, lamp) < radius;
    return {
      controller: jointStep(arm, 0.08), // an action moves each joint by up to 0.08 rad
      horizon: 50, // steps of an episode, 25 a second
      obs: [
        field('tip', 3, 'm', 'where the tip of the arm is'),
        field('velocity', 3, 'm/s', 'how it moves'),
        field('way', 3, 'm', 'from the tip to the lamp'),
      ],
      params: [field('lamp', 3, 'm', 'where it is lit'), field('next', 3, 'm', 'where it will be')],
      markers: [{ param: 'lamp', radius }], // what the viewer draws
      terms: ['distance', 'effort'], // what the reward is the sum of
      reset(random, _start, params) {
        for (let i = 0; i < 6; i++) params[i] = [0.45, 0, 0.35][i % 3] + random.between(-0.15, 0.15);
      },
      move(_seed, t, params) {
        if (t === 15) params.copyWithin(0, 3);
      },
      observe(state, params, out) {
        const { position, velocity } = state.site(arm.tip);
        out.set([...position, ...velocity, ...position.map((x, i) => params[i] - x)]);
      },
      reward(state, params, action, terms) {
        terms[0] = -distance(state.site(arm.tip).position, params);
        terms[1] = -0.001 * action.reduce((sum, a) => sum + a * a, 0);
      },
      terminated: done,
      success: done,
    };
  },
});
