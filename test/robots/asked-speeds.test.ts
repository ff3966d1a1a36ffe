import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { degreesOf, followLeaders } from '../../envs/model/tree.ts';
import { type Arm, atOrigin, type Joint, sceneOf } from '../../envs/model/types.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { drawPosture, limitsOf } from '../../envs/model/workspace.ts';
import type { Controller, State } from '../../envs/task.ts';
import { anyArmOptions, controllerOf, paceOf } from '../../envs/tasks/any-arm.ts';
import { randomRobot } from '../urdf/random-robot.ts';

/** Two joints that turn about y, the second as the first says. */
function follower(multiplier: number, maxVelocity: number): Arm {
  const base = arms.planar;
  const [first, second] = base.joints;
  const mimic = { joint: first.name, multiplier, offset: 0.2 };
  const joints: Joint[] = [
    { ...first, kind: 'revolute', low: -1, high: 1, maxVelocity: 2 },
    { ...second, kind: 'revolute', low: -4, high: 4, maxVelocity, mimic },
  ];
  return { ...base, name: 'follower', joints, home: followLeaders({ ...base, joints }, [0, 0]) };
}

/** The same arm with other limits of velocity, of which some joints have none. */
function withSpeeds(arm: Arm, random: Random): Arm {
  const joints = arm.joints.map((joint) => {
    const { maxVelocity: _, ...rest } = joint;
    return random.uniform() < 0.2 ? rest : { ...rest, maxVelocity: Math.exp(random.between(-4, 3)) };
  });
  return { ...arm, joints };
}

/** The fastest that a joint is asked to move over the full and other actions from random postures, over its limit. */
function mostAsked(arm: Arm, jointStep: number, control: 'joints' | 'end-effector', random: Random): number {
  const scene = sceneOf(arm);
  const controller = controllerOf(scene, { control, jointStep, tipStep: anyArmOptions.tipStep.default });
  const { dt } = paceOf(arm, jointStep);
  const joints = degreesOf(arm);
  let most = 0;
  for (let i = 0; i < 30; i++) {
    const q = drawPosture(arm, limitsOf(arm), random);
    const target = targetOf(arm, controller, q, i % 3 ? () => Math.sign(random.between(-1, 1)) : random.normal);
    joints.forEach(({ maxVelocity = Number.POSITIVE_INFINITY }, k) => {
      most = Math.max(most, Math.abs(target[k] - q[k]) / dt / maxVelocity);
    });
  }
  return most;
}

function targetOf(arm: Arm, { act, command }: Controller, q: Float64Array, draw: () => number): Float64Array {
  const action = Float64Array.from({ length: act[0].size }, () => Math.min(Math.max(draw(), -1), 1));
  const { tip } = forwardKinematics(atOrigin(arm), q);
  const target = Float64Array.from(q);
  command({ q, site: () => tip } as unknown as State, action, target);
  return followLeaders(arm, target);
}

const controls = ['joints', 'end-effector'] as const;

it.each(Object.keys(arms))('no action asks a joint of %s to move faster than it can', (name) => {
  for (const control of controls) {
    for (const jointStep of [0.1, 0.3, 1]) {
      const most = mostAsked(arms[name], jointStep, control, stream(0, 'noise'));
      expect(most, `${control}, ${jointStep} rad`).toBeLessThan(1 + 1e-9);
      // A large action of a joint asks for all that it can, where something is said of it.
      if (control === 'joints' && arms[name].joints[0].maxVelocity && jointStep === 1) {
        expect(most).toBeGreaterThan(0.99);
      }
    }
  }
});

it('nor one of any other robot, however slow its joints are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.constantFrom(0.1, 0.3), (seed, jointStep) => {
      const random = stream(seed, 'start');
      const robot = randomRobot(random);
      const arm = withSpeeds(readUrdf(robot.text, 'random.urdf', { tip: robot.tip }).arm, random);
      for (const control of controls) expect(mostAsked(arm, jointStep, control, random)).toBeLessThan(1 + 1e-9);
    }),
    { numRuns: 60 },
  );
});

it.each([
  [1, 5],
  [-3, 1.5],
  [0.5, 0.1],
])('nor one that follows another %s times over, and can %s rad/s', (multiplier, maxVelocity) => {
  for (const control of controls) {
    const most = mostAsked(follower(multiplier, maxVelocity), 0.3, control, stream(1, 'noise'));
    expect(most, control).toBeLessThan(1 + 1e-9);
  }
});
