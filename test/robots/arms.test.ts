import { expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { degreesOf, unitOf } from '../../envs/model/tree.ts';
import { type Arm, atOrigin } from '../../envs/model/types.ts';
import { limitsOf, reachOf } from '../../envs/model/workspace.ts';

/** What the arms that ship are, as tables: limits, motors, masses, and where the tip is at some postures. */

type Rows = readonly (readonly (string | number)[])[];

/** Six decimals: less than a micrometre, and the same on every machine. */
const plain = (value: string | number) => (typeof value === 'string' ? value : String(Number(value.toFixed(6)) + 0));

function tableOf(head: readonly string[], rows: Rows): string {
  const cells = [head, ...rows.map((row) => row.map(plain))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Postures by what they are called. */
function posturesOf(arm: Arm): readonly (readonly [string, readonly number[]])[] {
  const { low, high } = limitsOf(arm);
  const share = (of: (i: number) => number) => low.map((from, i) => from + of(i) * (high[i] - from));
  return [
    ['home', arm.home],
    ['zero', arm.home.map(() => 0)],
    ['the middle of the limits', share(() => 0.5)],
    ['a quarter of the way', share(() => 0.25)],
    ['by turns 0.4 and 0.7 of it', share((i) => (i % 2 ? 0.7 : 0.4))],
    ['all of it', share(() => 1)],
  ];
}

function tablesOf(arm: Arm): string {
  const mass = arm.bodies.reduce((sum, { inertial }) => sum + (inertial?.mass ?? 0), 0);
  const joints = degreesOf(arm).map(({ name, kind, motor, maxVelocity, ...joint }, i) => {
    const limits = [joint.low ?? 'none', joint.high ?? 'none'];
    const gains = [motor?.stiffness, motor?.damping, motor?.maxForce].map((value) => value ?? 'none');
    return [name, kind, ...limits, arm.home[i], unitOf({ kind }), maxVelocity ?? 'none', ...gains];
  });
  const bodies = arm.bodies.map(({ name, inertial }) =>
    inertial
      ? [name, inertial.mass, ...inertial.center, ...inertial.inertia.map((moment) => moment.toPrecision(6))]
      : [name, ...new Array<string>(10).fill('–')],
  );
  const tips = posturesOf(arm).map(([name, q]) => {
    const { position, rotation } = forwardKinematics(atOrigin(arm), q).tip;
    // q and -q are one rotation.
    const sign = Math.sign(rotation.find((x) => Math.abs(x) > 1e-3) as number);
    return [name, ...position, ...rotation.map((x) => sign * x)];
  });
  return [
    `${arm.name}: ${joints.length} joints, reaches ${plain(reachOf(arm))} m, ${plain(mass)} kg`,
    tableOf(['joint', 'kind', 'low', 'high', 'home', 'unit', 'velocity', 'stiffness', 'damping', 'effort'], joints),
    tableOf(['body', 'mass', 'x', 'y', 'z', 'ixx', 'iyy', 'izz', 'ixy', 'ixz', 'iyz'], bodies),
    tableOf(['tip at', 'x', 'y', 'z', 'qx', 'qy', 'qz', 'qw'], tips),
  ].join('\n\n');
}

// After a change that is meant to move a number: `npx vitest run test/robots/arms -u`, and say in the commit why the new one is right.
it.each(Object.entries(arms))('%s is as it always was', async (name, arm) => {
  await expect(`${tablesOf(arm)}\n`).toMatchFileSnapshot(`arms/${name}.txt`);
});
