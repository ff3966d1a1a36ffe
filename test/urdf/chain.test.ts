import { describe, expect, it } from 'vitest';
import { readUrdf, UrdfError, type UrdfOptions } from '../../envs/model/urdf/index.ts';
import { joint, link, robotOf } from './robots.ts';

/** An arm of three joints to "wrist", with more on it. */
function withMore(...more: readonly string[]): string {
  return robotOf(
    ...['base', 'upper', 'fore', 'wrist'].map((name) => link(name)),
    joint('one', 'base', 'upper'),
    joint('two', 'upper', 'fore'),
    joint('three', 'fore', 'wrist'),
    ...more,
  );
}

const fixed = (parent: string, child: string) =>
  link(child, '') + joint(`to ${child}`, parent, child, { type: 'fixed' });
const moving = (name: string, parent: string, child: string, more = {}) =>
  link(child) + joint(name, parent, child, more);

const slide = (inside = '') => ({
  type: 'prismatic',
  inside: `<axis xyz="0 1 0"/><limit lower="0" upper="0.04"/>${inside}`,
});
const follower = (leader: string) => ({
  inside: `<axis xyz="0 1 0"/><limit lower="-1" upper="1"/><mimic joint="${leader}"/>`,
});

function read(text: string, options?: UrdfOptions) {
  const { arm, notes } = readUrdf(text, 'arm.urdf', options);
  return {
    joints: arm.joints.map(({ name }) => name),
    tip: arm.tip,
    at: arm.sites[0].frame.position,
    notes: notes.join('\n'),
  };
}

const arm = ['one', 'two', 'three'];

describe('without a tip named, the arm ends', () => {
  it.each([
    ['before a jaw', [moving('gripper', 'wrist', 'moving_jaw')]],
    ['before a jaw whose joint has no name for it', [moving('6', 'wrist', 'jaw')]],
    [
      'before fingers by their names',
      [moving('finger_1', 'wrist', 'f1'), moving('finger_2', 'wrist', 'f2'), moving('finger_tip', 'f1', 'f3')],
    ],
    ['before two slides', [moving('left', 'wrist', 'l', slide()), moving('right', 'wrist', 'r', slide())]],
    [
      'before a slide that another one follows',
      [moving('left', 'wrist', 'l'), moving('right', 'wrist', 'r', follower('left'))],
    ],
    [
      'before a linkage',
      [
        moving('drive', 'wrist', 'd'),
        moving('left_knuckle', 'd', 'e', follower('drive')),
        moving('rod', 'wrist', 'r', follower('drive')),
      ],
    ],
    ['before what comes after a TCP', [fixed('wrist', 'gripper_tcp'), moving('joint_6', 'wrist', 'gripper')]],
    ['beside a rod that follows it', [moving('rod', 'base', 'r', follower('one'))]],
  ])('%s', (_, more) => {
    const { joints, notes } = read(withMore(...more));
    expect(joints).toEqual(arm);
    expect(notes).toContain('not joints of the arm: ');
    expect(notes).toContain('held still: ');
  });

  it('after what turns a gripper', () => {
    const hand = [moving('wrist_roll', 'wrist', 'fixed_jaw'), moving('jaw', 'fixed_jaw', 'moving_jaw')];
    expect(read(withMore(...hand)).joints).toEqual([...arm, 'wrist_roll']);
    const rotated = [moving('gripper_rotation', 'wrist', 'hand'), moving('gripper_open', 'hand', 'h2')];
    expect(read(withMore(...rotated)).joints).toEqual([...arm, 'gripper_rotation']);
  });

  it('with one slide, which is no pair', () => {
    expect(read(withMore(moving('quill', 'wrist', 'q', slide()))).joints).toEqual([...arm, 'quill']);
  });

  it('with a joint that follows one before it', () => {
    expect(read(withMore(moving('level', 'wrist', 'plate', follower('two')))).joints).toEqual([...arm, 'level']);
  });

  it('with joints that follow one after them', () => {
    const text = withMore(
      moving('four', 'wrist', 'w4', follower('six')),
      moving('five', 'w4', 'w5'),
      moving('six', 'w5', 'w6'),
    );
    const { joints, notes } = read(text);
    expect(joints).toEqual([...arm, 'four', 'five', 'six']);
    expect(notes).not.toMatch(/not joints of the arm|held still/);
    const { arm: found } = readUrdf(text, 'arm.urdf');
    expect(found.joints[3].mimic).toEqual({ joint: 'six', multiplier: 1, offset: 0 });
    expect(found.home[3]).toBe(found.home[5]);
    expect(read(text, { tip: 'w6' }).joints).toEqual(joints);
  });

  it('before a joint that one of another branch follows, whichever of them comes first', () => {
    const rod = moving('rod', 'wrist', 'r', follower('crank'));
    const crank = moving('crank', 'wrist', 'c');
    for (const more of [
      [rod, crank],
      [crank, rod],
    ]) {
      expect(read(withMore(...more)).joints).toEqual(arm);
    }
  });

  it('at the fingers, if there is nothing else', () => {
    const gripper = robotOf(link('base'), moving('finger', 'base', 'f1'), moving('finger tip', 'f1', 'f2'));
    expect(read(gripper).joints).toEqual(['finger', 'finger tip']);
  });
});

describe('which branch is the arm is asked', () => {
  it.each([
    ['for a camera that turns', [moving('pan', 'base', 'camera')], ['wrist', 'camera']],
    ['for two ends', [moving('left', 'wrist', 'l'), moving('right', 'wrist', 'r')], ['l', 'r']],
    [
      'by frames with the names of tools',
      [moving('left', 'wrist', 'l'), moving('right', 'wrist', 'r'), fixed('r', 'r_tcp')],
      ['l', 'r_tcp'],
    ],
  ])('%s', (_, more, candidates) => {
    try {
      read(withMore(...more));
      throw new Error('it was read');
    } catch (error) {
      expect(error).toBeInstanceOf(UrdfError);
      expect((error as UrdfError).kind).toBe('ambiguous');
      expect((error as UrdfError).candidates).toEqual(candidates);
    }
  });

  it('and each answer is an arm', () => {
    const text = withMore(moving('pan', 'base', 'head'), fixed('head', 'camera'));
    expect(read(text, { tip: 'camera' }).joints).toEqual(['pan']);
    expect(() => read(text, { tip: 'head' })).toThrow(
      'expected a tip that the joints move, found one that stays where it is',
    );
    expect(read(text, { tip: 'wrist' }).joints).toEqual(arm);
    expect(read(text, { tip: 'fore' }).joints).toEqual(['one', 'two']);
    expect(read(withMore(moving('gripper', 'wrist', 'jaw')), { tip: 'jaw' }).joints).toEqual([...arm, 'gripper']);
  });
});

describe('the tip is', () => {
  it.each([
    [
      'a TCP before a tool frame',
      [fixed('wrist', 'tool0'), fixed('wrist', 'gripper_tcp'), fixed('wrist', 'ee_link')],
      'gripper_tcp',
    ],
    ['a tool frame before an end effector', [fixed('wrist', 'ee_link'), fixed('wrist', 'tool0')], 'tool0'],
    [
      'an end effector before a flange',
      [fixed('wrist', 'flange'), fixed('wrist', 'EndEffector_Link')],
      'EndEffector_Link',
    ],
    [
      'the frame of a gripper',
      [fixed('wrist', 'gripper_frame_link'), fixed('wrist', 'tool_mount')],
      'gripper_frame_link',
    ],
    ['no camera of a tool', [fixed('wrist', 'tool_camera'), fixed('wrist', 'palm')], 'palm'],
    [
      'farther out than a last link called a tool',
      [moving('four', 'wrist', 'END_EFFECTOR'), fixed('END_EFFECTOR', 'DUMMY')],
      'DUMMY',
    ],
    ['the farthest frame', [fixed('wrist', 'palm'), fixed('palm', 'thing')], 'thing'],
  ])('%s', (_, more, tip) => {
    expect(read(withMore(...more)).tip).toBe(tip);
  });

  it('twice the centre of mass, where no frame is farther', () => {
    const text = withMore().replace(
      link('wrist'),
      link(
        'wrist',
        '<inertial><origin xyz="0 0 0.05"/><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01"/></inertial>',
      ),
    );
    const { tip, at, notes } = read(text);
    expect(tip).toBe('tip');
    expect(at).toEqual([0, 0, 0.1]);
    expect(notes).toContain('tip: made up, at twice the centre of mass of "wrist"');
  });

  it('between two fingers, and no flange before them', () => {
    const hand = [
      fixed('wrist', 'flange'),
      fixed('flange', 'hand'),
      moving('l', 'hand', 'left', slide()),
      moving('r', 'hand', 'right', slide()),
    ];
    const { tip, at, notes } = read(withMore(...hand));
    expect(tip).toBe('tip');
    at.forEach((value, i) => {
      expect(value).toBeCloseTo([0, 0, 0.6][i], 12);
    });
    expect(notes).toContain('tip: between the fingers "left", "right"');
  });
});

it('a joint is held where its limits have it', () => {
  const limited = (lower: number, upper: number) => ({
    inside: `<axis xyz="0 1 0"/><limit lower="${lower}" upper="${upper}"/>`,
  });
  const notes = (low: number, high: number) =>
    read(withMore(moving('gripper', 'wrist', 'jaw', limited(low, high)))).notes;
  expect(notes(-1, 1)).toContain('held still: "gripper" at 0 rad');
  expect(notes(0.2, 1)).toContain('held still: "gripper" at 0.6 rad');
  const locked = withMore()
    .replace('name="two" type="revolute"><origin xyz="0 0 0.2"/>', 'name="two" type="revolute"><origin xyz="0 0 0.2"/>')
    .replace(joint('two', 'upper', 'fore'), joint('two', 'upper', 'fore', limited(0.5, 0.5)));
  expect(read(locked).joints).toEqual(['one', 'three']);
  expect(read(locked).notes).toContain('held still: "two" at 0.5 rad');
});

it('a joint that follows is held where the one that leads is held', () => {
  const leader = { type: 'prismatic', inside: '<axis xyz="0 1 0"/><limit lower="0.02" upper="0.06"/>' };
  const follows = { ...leader, inside: `${leader.inside}<mimic joint="left" multiplier="-2" offset="0.01"/>` };
  const { notes } = read(withMore(moving('left', 'wrist', 'l', leader), moving('right', 'wrist', 'r', follows)));
  expect(notes).toContain('held still: "left" at 0.04 m, "right" at -0.07 m');
});

it('a joint that follows is resolved to the one that leads', () => {
  const mimic = (leader: string, multiplier: number, offset: number) => ({
    inside: `<axis xyz="0 1 0"/><limit lower="-9" upper="9"/><mimic joint="${leader}" multiplier="${multiplier}" offset="${offset}"/>`,
  });
  const text = withMore(
    moving('four', 'wrist', 'w4', mimic('two', -2, 0.5)),
    moving('five', 'w4', 'w5', mimic('four', 3, 1)),
  );
  const { arm: found } = readUrdf(text, 'arm.urdf');
  expect(found.joints[4].mimic).toEqual({ joint: 'two', multiplier: -6, offset: 2.5 });
  const [, two, , four, five] = found.home;
  expect(four).toBe(-2 * two + 0.5);
  expect(five).toBe(-6 * two + 2.5);
  expect(readUrdf(text, 'arm.urdf', { home: [0, 0.1, 0] }).arm.home[4]).toBeCloseTo(1.9, 12);
});
