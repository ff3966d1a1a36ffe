import { siteOf } from '../model/tree.ts';
import type { Task } from '../task.ts';
import { type DynamicsName, dynamicsNames } from './fields.ts';

/**
 * What of the dynamics a task has to vary. A controller with `linkTorques` moves links as by an inertia that it knows itself, so
 * that nothing of the arm can be another's there.
 */
export function applicableDynamics({ scene, physics, controller }: Pick<Task, 'scene' | 'physics' | 'controller'>) {
  const { model } = scene.arm;
  const isArms = !controller.linkTorques;
  const without: Readonly<Partial<Record<DynamicsName, boolean>>> = {
    mass: !isArms,
    'motor.stiffness': controller.drive !== 'position',
    'motor.strength': !isArms,
    payload: !isArms || siteOf(model, model.tip).body < 0,
    gravity: !isArms || !physics.gravityCompensation || scene.gravity === 0,
    friction: !scene.contacts,
  };
  return dynamicsNames.filter((name) => !without[name]);
}
