import { arms } from '../../envs/arms/index.ts';
import { pandaBlocked } from '../../envs/arms/panda-grippers.ts';
import { jointStep } from '../../envs/control/joint-step.ts';
import { fixedBody, freeBody } from '../../envs/model/free-body.ts';
import type { Collider, Placed } from '../../envs/model/types.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { field } from '../../envs/spec.ts';
import { type Task, usualPhysics } from '../../envs/task.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { tableScene } from '../../envs/tasks/panda-table.ts';
import { taskOf } from './support.ts';

/**
 * A table full of things, into which an arm is thrown about: what mild pushes pass by luck, they do not.
 */

const box = { kind: 'box', center: [0, 0, 0], size: [0.04, 0.04, 0.04] } as const;

/** Every kind of solid, by its height above the table. */
export const solids: Readonly<Record<string, { readonly shape: Collider; readonly height: number }>> = {
  box: { shape: box, height: 0.02 },
  sphere: { shape: { kind: 'sphere', center: [0, 0, 0], radius: 0.025 }, height: 0.025 },
  cylinder: { shape: { kind: 'cylinder', from: [0, 0, -0.02], to: [0, 0, 0.02], radius: 0.02 }, height: 0.02 },
  capsule: { shape: { kind: 'capsule', from: [-0.03, 0, 0], to: [0.03, 0, 0], radius: 0.02 }, height: 0.02 },
  hull: {
    shape: {
      kind: 'hull',
      points: [
        [-0.03, -0.02, -0.02],
        [0.03, -0.02, -0.02],
        [0, 0.03, -0.02],
        [-0.015, -0.01, 0.02],
        [0.015, -0.01, 0.02],
        [0, 0.015, 0.02],
      ],
    },
    height: 0.02,
  },
};

export function thing(kind: string, x: number, y: number, name = kind): Placed {
  const { shape, height } = solids[kind];
  const inertial = { mass: 0.5, center: [0, 0, 0], inertia: [1e-4, 1e-4, 1e-4, 0, 0, 0] } as const;
  const given = shape.kind === 'hull' ? { inertial } : {};
  return freeBody({ name, shape, mass: 0.5, position: [x, y, height], ...given });
}

/** Things where the hand sweeps, and a post that stands in the way. */
const objects = [
  thing('box', -0.05, 0.05),
  thing('box', 0.05, -0.06, 'other box'),
  thing('sphere', 0.12, 0.03),
  thing('cylinder', -0.02, -0.12),
  thing('capsule', 0.02, 0.14),
  thing('hull', -0.12, -0.02),
];
const post = fixedBody({
  name: 'post',
  shape: { kind: 'cylinder', from: [0, 0, 0], to: [0, 0, 0.2], radius: 0.02 },
  position: [0.15, -0.12, 0],
});

/** @param horizon control steps of the longest episodes: each ends when its own time is over */
export function crowdedTable(horizon = 50): Task {
  const base = tableScene(pandaBlocked, objects[0], { length: 1.1, x: -0.3 }, 9.81);
  const scene = { ...base, objects, fixed: [...base.fixed, post] };
  const joints = scene.arm.model.joints.length;
  return {
    ...taskOf('panda-push', arms.panda),
    name: 'crowded-table',
    scene,
    physics: { ...usualPhysics, substeps: 2, solverIterations: 2 },
    controller: jointStep(arms.panda, 0.3),
    obs: [field('q', joints, 'rad'), field('places', 3 * objects.length, 'm'), field('press', 1, 'N')],
    terms: ['press'],
    params: [field('length', 1, '1')],
    markers: [],
    metrics: [],
    horizon,
    reset(random, start, params) {
      params[0] = 3 + random.below(horizon - 2);
      for (let i = 0; i < objects.length; i++) {
        start.pose[7 * i] += random.between(-0.01, 0.01);
        start.pose[7 * i + 1] += random.between(-0.01, 0.01);
        start.velocity[6 * i + 5] = random.between(-20, 20);
      }
      // Half of the episodes begin with the hand low, at another posture each.
      if (random.uniform() < 0.5) start.q[1] += random.between(0.2, 0.5);
    },
    observe({ q, pose, contact }, _params, out) {
      out.set(q);
      for (let i = 0; i < objects.length; i++)
        out.set(pose.subarray(7 * (joints + i), 7 * (joints + i) + 3), joints + 3 * i);
      out[joints + 3 * objects.length] = contact('link7', 'box');
    },
    reward({ contact }, _params, _action, terms) {
      terms[0] = -contact('link7', 'table');
    },
    success: undefined,
    terminated: ({ t }, [length]) => t >= length,
  };
}

export const contactTasks = Object.keys(tasks).filter((name) => taskOf(name, arms.panda).scene.contacts);

export function crowd(horizon?: number) {
  return createEnv(crowdedTable(horizon));
}
