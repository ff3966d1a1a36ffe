import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { motorsOf } from '../../envs/model/motors.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { fidelityOf } from '../../src/robots/fidelity.ts';
import { motorOf, taskOf } from './support.ts';

beforeAll(loadPhysics);

/** The arms whose motors come from their own inertia. */
const own = ['so101', 'ur5e', 'xarm7'];

describe.each(own)('%s', (name) => {
  const arm = arms[name];
  const { physics } = taskOf('reach', arm);

  test('follows a smooth motion and those of a task within 0.012 rad RMS of MuJoCo, under gravity', async () => {
    for (const { motion, all, joints } of await fidelityOf(arm, physics)) {
      console.info(`${name}, ${motion}: ${all.toFixed(4)} rad RMS`);
      expect(all, motion).toBeLessThan(0.012);
      expect(joints).toHaveLength(arm.joints.length);
    }
  });

  test('has the gains that its inertia asks for, rounded', () => {
    const efforts = arm.joints.map((joint) => motorOf(joint).maxForce);
    motorsOf(arm, efforts).forEach(({ stiffness, damping }, i) => {
      expect(motorOf(arm.joints[i]).stiffness / stiffness).toBeCloseTo(1, 2);
      expect(motorOf(arm.joints[i]).damping / damping).toBeCloseTo(1, 2);
    });
  });
});
