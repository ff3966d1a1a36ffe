import { describe, expect, it } from 'vitest';
import { UrdfError } from '../../envs/model/urdf/index.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import { readRobotFile, robots } from './robots.ts';

/** Six digits: what a table is read for, and what the formulas are held to. */
const rounded = (value: number | undefined) => (value === undefined ? null : Number(value.toPrecision(6)));

const options = { 'two-arms': { tip: 'left_tcp' } } as const;
const optionsOf = (robot: string) => (robot in options ? options[robot as keyof typeof options] : {});

function tableOf(robot: (typeof robots)[number]) {
  const { arm, notes, meshes, tips, standIns } = readRobotFile(robot, optionsOf(robot));
  return {
    name: arm.name,
    description: arm.description,
    joints: arm.joints.map(({ motor, frame, axis, low, high, maxVelocity, damping, ...joint }) => ({
      ...joint,
      position: frame.position.map(rounded),
      axis: axis.map(rounded),
      limits: [rounded(low), rounded(high)],
      maxVelocity: rounded(maxVelocity),
      damping: rounded(damping),
      gains: [motor?.stiffness, motor?.damping, motor?.maxForce].map(rounded),
    })),
    bodies: arm.bodies.map(({ name, inertial, colliders, visuals }) => ({
      name,
      mass: rounded(inertial?.mass),
      center: inertial?.center.map(rounded),
      colliders: colliders.map(({ kind }) => kind).join(' '),
      visuals: visuals.map(({ kind, part }) => `${part} ${kind}`).join(', '),
    })),
    tip: { name: arm.tip, body: arm.sites[0].body, position: arm.sites[0].frame.position.map(rounded) },
    home: arm.home.map(rounded),
    reach: rounded(reachOf(arm)),
    meshes: meshes.map(({ uri, body, use, line }) => `${uri} ${body} ${use} ${line}`),
    tips: tips.join(' '),
    standIns: standIns.map(({ body }) => body).join(' '),
    notes,
  };
}

// After a change that is meant to move a number: `npx vitest run test/urdf -u`, and say in the commit why the new one is right.
it.each(robots)('%s.urdf is read as it always was', async (robot) => {
  await expect(`${JSON.stringify(tableOf(robot), null, 2)}\n`).toMatchFileSnapshot(`../robots/${robot}.json`);
});

describe('a file of two arms', () => {
  it('asks which of them reaches', () => {
    const read = () => readRobotFile('two-arms');
    expect(read).toThrow(UrdfError);
    try {
      read();
    } catch (error) {
      const { kind, candidates, message, line } = error as UrdfError;
      expect({ kind, candidates, line }).toEqual({
        kind: 'ambiguous',
        candidates: ['left_tcp', 'right_tcp', 'head'],
        line: 3,
      });
      expect(message).toBe(
        'two-arms.urdf:3: robot "two-arms": expected the link that reaches to be named, found 3 that could: "left_tcp" (4 joints), "right_tcp" (4 joints), "head" (2 joints)',
      );
    }
  });

  it.each([
    ['left_tcp', ['waist', 'left_shoulder', 'left_elbow', 'left_wrist']],
    ['right_elbow_link', ['waist', 'right_shoulder', 'right_elbow']],
    ['head', ['waist', 'neck']],
  ])('is an arm to %s', (tip, joints) => {
    const { arm } = readRobotFile('two-arms', { tip });
    expect(arm.joints.map(({ name }) => name)).toEqual(joints);
    expect(arm.tip).toBe(tip);
    // What hangs beside the chain is held still, and weighs.
    const total = arm.bodies.reduce((sum, { inertial }) => sum + (inertial?.mass ?? 0), 0);
    expect(total).toBeCloseTo(13, 12);
  });

  it.each([
    ['torso', 'found "torso", which no joint moves'],
    ['middle_tcp', 'found "middle_tcp", which is no link of the file'],
  ])('refuses %s as its tip', (tip, found) => {
    expect(() => readRobotFile('two-arms', { tip })).toThrow(found);
    expect(() => readRobotFile('two-arms', { tip })).toThrow(UrdfError);
  });
});
