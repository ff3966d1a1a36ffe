/** A robot file for the tests: a turntable with two links of 0.15 m that stand on it. */

export interface CraneParts {
  readonly name?: string;
  /** The mesh of the boom, by what the file calls it. */
  readonly mesh?: string;
  /** Whether the boom has no masses, which then come from its mesh. */
  readonly isMassless?: boolean;
  /** Whether a second jib hangs beside the first. */
  readonly isForked?: boolean;
  /** Radians that the turntable turns to either side. */
  readonly turn?: number;
  /** N m */
  readonly effort?: number;
}

export function crane({
  name = 'crane',
  mesh,
  isMassless,
  isForked,
  turn = 2.5,
  effort = 20,
}: CraneParts = {}): string {
  return `<?xml version="1.0"?>
<robot name="${name}">
  <link name="foot"/>
  ${link('turntable', 0.05)}
  ${isMassless ? bare('boom', mesh) : link('boom', 0.15, mesh)}
  ${link('jib', 0.15)}
  ${isForked ? link('jib2', 0.15) : ''}
  ${joint('turning', 'foot', 'turntable', '0 0 1', 0, turn, effort)}
  ${joint('lifting', 'turntable', 'boom', '0 1 0', 0.05, 2, effort)}
  ${joint('bending', 'boom', 'jib', '0 1 0', 0.15, 2, effort)}
  ${isForked ? joint('bending2', 'boom', 'jib2', '0 1 0', 0.15, 2, effort) : ''}
</robot>
`;
}

function link(name: string, length: number, mesh?: string): string {
  return `<link name="${name}">
    <inertial><origin xyz="0 0 ${length / 2}"/><mass value="0.4"/>
      <inertia ixx="2e-3" iyy="2e-3" izz="1e-3" ixy="0" ixz="0" iyz="0"/></inertial>
    <collision><origin xyz="0 0 ${length / 2}"/><geometry><cylinder radius="0.015" length="${length}"/></geometry></collision>
    ${visual(mesh)}
  </link>`;
}

function bare(name: string, mesh?: string): string {
  return `<link name="${name}">${visual(mesh)}${visual(mesh).replaceAll('visual', 'collision')}</link>`;
}

function visual(mesh?: string): string {
  return mesh === undefined ? '' : `<visual><geometry><mesh filename="${mesh}"/></geometry></visual>`;
}

function joint(
  name: string,
  parent: string,
  child: string,
  axis: string,
  height: number,
  turn: number,
  effort: number,
) {
  return `<joint name="${name}" type="revolute">
    <parent link="${parent}"/><child link="${child}"/><origin xyz="0 0 ${height}"/><axis xyz="${axis}"/>
    <limit lower="${-turn}" upper="${turn}" effort="${effort}" velocity="3"/></joint>`;
}

/** A box from the origin as STL, in binary; its triangles turn outwards. */
export function boxStl([x, y, z]: readonly [number, number, number]): Uint8Array {
  const corner = (i: number) => [i & 1 ? x : 0, i & 2 ? y : 0, i & 4 ? z : 0];
  const faces = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  const triangles = faces.flatMap(([a, b, c, d]) => [
    [a, b, c],
    [a, c, d],
  ]);
  const bytes = new Uint8Array(84 + 50 * triangles.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(80, triangles.length, true);
  triangles.forEach((triangle, t) => {
    triangle.flatMap(corner).forEach((value, i) => {
      view.setFloat32(84 + 50 * t + 12 + 4 * i, value, true);
    });
  });
  return bytes;
}
