import { type Body, defineArm, type Joint } from '@armature-rl/armature/envs';

/** A turntable with two links of 0.15 m that stand on it. */

function link(name: string, length: number): Body {
  const [from, to] = [[0, 0, 0] as const, [0, 0, length] as const];
  return {
    name,
    inertial: { mass: 0.4, center: [0, 0, length / 2], inertia: [2e-3, 2e-3, 1e-3, 0, 0, 0] },
    colliders: [],
    visuals: [{ kind: 'capsule', from, to, radius: 0.015, part: 'link' }],
  };
}

function joint(parent: string, child: string, axis: Joint['axis'], height: number): Joint {
  return {
    name: `to ${child}`,
    kind: 'revolute',
    parent,
    child,
    frame: { position: [0, 0, height], rotation: [0, 0, 0, 1] },
    axis,
    low: -2.5,
    high: 2.5,
    motor: { stiffness: 60, damping: 3, maxForce: 20 },
  };
}

export default defineArm({
  name: 'crane',
  description: 'turntable with two links',
  bodies: [
    { name: 'foot', colliders: [], visuals: [] },
    link('turntable', 0.05),
    link('boom', 0.15),
    link('jib', 0.15),
  ],
  joints: [
    joint('foot', 'turntable', [0, 0, 1], 0),
    joint('turntable', 'boom', [0, 1, 0], 0.05),
    joint('boom', 'jib', [0, 1, 0], 0.15),
  ],
  sites: [{ name: 'hook', body: 'jib', frame: { position: [0, 0, 0.15], rotation: [0, 0, 0, 1] } }],
  home: [0, 0.5, 0.8],
  tip: 'hook',
});
