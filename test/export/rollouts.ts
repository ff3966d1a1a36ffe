import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { jointNamesOf } from '../../envs/model/tree.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { type EnvSpec, type Field, width } from '../../envs/spec.ts';
import { columnsOf, lengthOf, sizesOf, type Trajectory } from '../../envs/trajectory.ts';
import { numbers } from '../network/reference.ts';
import { sampleRecording } from '../recording/sample.ts';

/** Rows of what another program makes of an SQL query. */
export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

interface Shape {
  readonly obs: readonly Field[];
  readonly act: readonly Field[];
  readonly params: readonly Field[];
  readonly dynamics: readonly Field[];
  readonly terms: readonly string[];
  readonly joints: readonly [string, string];
  readonly lengths: readonly number[];
  readonly paramsMove: boolean;
  readonly hasSuccess: boolean;
  readonly hasJoints: boolean;
  readonly dt: number;
}

const usual: Shape = {
  obs: [
    { name: 'angles', size: 2, unit: 'rad', description: '' },
    { name: 'goal', size: 3, unit: 'm', description: '' },
  ],
  act: [{ name: 'step', size: 2, unit: '', low: -1, high: 1, description: '' }],
  params: [{ name: 'goal', size: 3, unit: 'm', description: '' }],
  dynamics: [],
  terms: ['distance', 'effort'],
  joints: ['shoulder', 'elbow'],
  lengths: [3, 1, 4],
  paramsMove: false,
  hasSuccess: true,
  hasJoints: true,
  dt: 0.04,
};

/** A two-link arm's rollouts of numbers that mean nothing, and so come twice nowhere. */
export function rollouts(given: Partial<Shape> = {}): Recording {
  const { joints, lengths, hasJoints, obs, act, params, terms, ...rest } = { ...usual, ...given };
  const { header } = sampleRecording();
  const { model } = header.scene.arm;
  const named = { ...model, joints: model.joints.map((joint, i) => ({ ...joint, name: joints[i] })) };
  const spec: EnvSpec = {
    ...{ ...header.spec, obs, act, params, terms, ...rest },
    markers: params.filter(({ size }) => size === 3).map(({ name }) => ({ param: name, radius: 0.05 })),
    ...(hasJoints && { joints: jointNamesOf(named) }),
  };
  const scene = { ...header.scene, arm: { ...header.scene.arm, model: named } };
  return { header: { ...header, spec, scene }, episodes: lengths.map((steps, e) => episode(spec, steps, e)) };
}

function episode(spec: EnvSpec, steps: number, e: number): Trajectory {
  const columns = columnsOf(sizesOf(spec, { scaleSize: width(spec.act), squashed: false })).map((column, i) => {
    const values = numbers(1000 * e + i, lengthOf(column, steps), 1.5);
    return [column.name, column.dtype === 'F32' ? Float32Array.from(values) : values];
  });
  const success = spec.hasSuccess && e % 2 === 0;
  return { seed: 7 * e, steps, success, end: success ? 'terminated' : 'truncated', ...Object.fromEntries(columns) };
}

/** Whatever anybody may call a thing. */
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8 }),
  fc.constantFrom('a', 'a.0', 'a.1', '"', ',', 'x\r\ny', '__proto__', 'joint.pos', 'Größe', 'goal', ' '),
);
const fields = (most: number) =>
  fc.array(
    fc.record({ name, size: fc.integer({ min: 1, max: 3 }), unit: fc.constant('m'), description: fc.constant('') }),
    { minLength: 1, maxLength: most },
  );

/** Rollouts of all shapes and names. */
export const anyRollouts = fc
  .record({
    obs: fields(3),
    act: fields(2),
    // Markers find parameters by their names.
    params: fields(2).map((all) => all.filter((one, i) => all.findIndex((other) => other.name === one.name) === i)),
    dynamics: fc.oneof(fc.constant([]), fields(2)),
    terms: fc.array(name, { minLength: 1, maxLength: 3 }),
    joints: fc.tuple(name, name),
    lengths: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    paramsMove: fc.boolean(),
    hasSuccess: fc.boolean(),
    dt: fc.constantFrom(0.04, 0.02, 0.03, 1 / 60, 0.1),
  })
  .map(rollouts);
