import type { Random } from '../../envs/math/random.ts';

/** Robots that nobody built, as the text of a robot file and as what the text says. No fs: the goldens make some in a page. */

type Triple = readonly [number, number, number];

export interface FileJoint {
  readonly name: string;
  readonly type: 'fixed' | 'revolute' | 'continuous' | 'prismatic';
  readonly parent: string;
  readonly child: string;
  readonly xyz: Triple;
  readonly rpy: Triple;
  readonly axis: Triple;
  readonly low?: number;
  readonly high?: number;
  readonly damping?: number;
}

export interface FileLink {
  readonly name: string;
  readonly mass: number;
  readonly xyz: Triple;
  readonly rpy: Triple;
  /** Of a box, so that a solid has it, kg m^2. */
  readonly moments: Triple;
}

export interface FileRobot {
  readonly text: string;
  readonly links: readonly FileLink[];
  /** Parents first. */
  readonly joints: readonly FileJoint[];
  /** The link that the chain goes to. */
  readonly tip: string;
}

/** A chain of one to seven joints that move among fixed ones, with stubs beside it: frames, and joints that are to be held still. */
export function randomRobot(random: Random, slides = true): FileRobot {
  const links: FileLink[] = [];
  const joints: FileJoint[] = [];
  const link = (name: string) => {
    links.push(randomLink(name, random));
    return name;
  };
  let last = link('root');
  const moving = 1 + random.below(7);
  for (let i = 0; i < moving; i++) {
    for (let k = random.below(3); k > 0; k--) {
      const child = link(`${last}+${k}`);
      joints.push(randomJoint(`fix ${child}`, 'fixed', last, child, random));
      last = child;
    }
    if (random.uniform() < 0.3) {
      const stub = link(`stub${i}`);
      const type = random.uniform() < 0.5 ? 'fixed' : 'revolute';
      joints.push(randomJoint(`to ${stub}`, type, last, stub, random));
    }
    const child = link(`link${i}`);
    const type = random.uniform() < 0.2 && slides ? 'prismatic' : random.uniform() < 0.3 ? 'continuous' : 'revolute';
    joints.push(randomJoint(`joint${i}`, type, last, child, random));
    last = child;
  }
  const tip = link('tool');
  joints.push(randomJoint('to tool', 'fixed', last, tip, random));
  // A file has no order.
  const order = random.permutation(joints.length);
  const shuffled = [...order].map((i) => jointText(joints[i]));
  const text = `<robot name="random">\n${[...links.map(linkText), ...shuffled].join('\n')}\n</robot>\n`;
  return { text, links, joints, tip };
}

function triple(random: Random, size: number): Triple {
  return [random.between(-size, size), random.between(-size, size), random.between(-size, size)];
}

function randomLink(name: string, random: Random): FileLink {
  const mass = name !== 'root' && random.uniform() < 0.2 ? 0 : random.between(0.05, 4);
  const [x, y, z] = [0, 0, 0].map(() => {
    const side = random.between(0.02, 0.3);
    return (mass * side * side) / 12;
  });
  return { name, mass, xyz: triple(random, 0.1), rpy: triple(random, 3), moments: [y + z, x + z, x + y] };
}

function randomJoint(name: string, type: FileJoint['type'], parent: string, child: string, random: Random): FileJoint {
  const middle = random.between(-1, 1);
  const half = random.between(0.1, type === 'prismatic' ? 0.5 : 7);
  return {
    name,
    type,
    parent,
    child,
    xyz: triple(random, 0.5),
    rpy: random.uniform() < 0.3 ? [0, 0, 0] : triple(random, 3.2),
    axis: random.uniform() < 0.3 ? [0, -1, 0] : triple(random, 2),
    ...((type === 'revolute' || type === 'prismatic') && { low: middle - half, high: middle + half }),
    ...(random.uniform() < 0.3 && { damping: random.between(0.01, 2) }),
  };
}

function linkText({ name, mass, xyz, rpy, moments }: FileLink): string {
  if (mass === 0) return `  <link name="${name}"/>`;
  return `  <link name="${name}">
    <inertial>
      <origin xyz="${xyz.join(' ')}" rpy="${rpy.join(' ')}"/>
      <mass value="${mass}"/>
      <inertia ixx="${moments[0]}" ixy="0" ixz="0" iyy="${moments[1]}" iyz="0" izz="${moments[2]}"/>
    </inertial>
  </link>`;
}

function jointText({ name, type, parent, child, xyz, rpy, axis, low, high, damping }: FileJoint): string {
  const axisText = type === 'fixed' ? '' : `\n    <axis xyz="${axis.join(' ')}"/>`;
  const limit = low === undefined ? '' : `\n    <limit lower="${low}" upper="${high}" effort="50" velocity="3"/>`;
  const dynamics = damping === undefined || type === 'fixed' ? '' : `\n    <dynamics damping="${damping}"/>`;
  return `  <joint name="${name}" type="${type}">
    <origin xyz="${xyz.join(' ')}" rpy="${rpy.join(' ')}"/>
    <parent link="${parent}"/>
    <child link="${child}"/>${axisText}${limit}${dynamics}
  </joint>`;
}
