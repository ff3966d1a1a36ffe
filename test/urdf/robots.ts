import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readUrdf, type UrdfOptions, type UrdfReading } from '../../envs/model/urdf/index.ts';

/** Robot files that were written for the tests. */
export const robots = [
  'continuous',
  'frames',
  'gripper',
  'linkage',
  'no-inertial',
  'two-arms',
  'two-turns',
  'zero-mass',
] as const;

export function textOf(robot: (typeof robots)[number]): string {
  return readFileSync(fileURLToPath(new URL(`../robots/${robot}.urdf`, import.meta.url)), 'utf8');
}

export function readRobotFile(robot: (typeof robots)[number], options?: UrdfOptions): UrdfReading {
  return readUrdf(textOf(robot), `${robot}.urdf`, options);
}

/** A robot of these elements. */
export function robotOf(...elements: readonly string[]): string {
  return `<robot name="r">\n${elements.join('\n')}\n</robot>`;
}

const inertial = '<inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01"/></inertial>';

/** A link of 1 kg. */
export function link(name: string, more = inertial): string {
  return `<link name="${name}">${more}</link>`;
}

/** A joint about y, 0.2 m above its parent. */
export function joint(
  name: string,
  parent: string,
  child: string,
  more: { type?: string; inside?: string } = {},
): string {
  const { type = 'revolute', inside = '<axis xyz="0 1 0"/><limit lower="-2" upper="2" effort="10" velocity="3"/>' } =
    more;
  return `<joint name="${name}" type="${type}"><origin xyz="0 0 0.2"/><parent link="${parent}"/><child link="${child}"/>${inside}</joint>`;
}
