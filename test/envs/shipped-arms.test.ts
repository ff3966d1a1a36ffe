import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { motorsOf } from '../../envs/model/motors.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { fidelityOf } from '../../src/robots/fidelity.ts';
import { motorOf, taskOf } from './support.ts';

beforeAll(loadPhysics);

test.each(Object.entries(arms))(
  '%s follows a smooth motion and those of a task within 0.012 rad RMS of MuJoCo, under gravity',
  async (name, arm) => {
    for (const { motion, all, joints } of await fidelityOf(arm, taskOf('reach', arm).physics)) {
      console.info(`${name}, ${motion}: ${all.toFixed(4)} rad RMS`);
      expect(all, motion).toBeLessThan(0.012);
      expect(joints).toHaveLength(arm.joints.length);
    }
  },
);

/** The arms whose motors come from their own inertia. */
describe.each(['so101', 'ur5e', 'xarm7'])('%s', (name) => {
  const arm = arms[name];

  test('has the gains that its inertia asks for, rounded', () => {
    const efforts = arm.joints.map((joint) => motorOf(joint).maxForce);
    motorsOf(arm, efforts).forEach(({ stiffness, damping }, i) => {
      expect(motorOf(arm.joints[i]).stiffness / stiffness).toBeCloseTo(1, 2);
      expect(motorOf(arm.joints[i]).damping / damping).toBeCloseTo(1, 2);
    });
  });
});
