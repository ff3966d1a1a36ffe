/** Reads and checks a recording's header: its shape by the schema, then what one part says of another. */
import type { EnvSpec, Field } from '../types.ts';
import { FileError } from './errors.ts';
import { parseJson } from './json.ts';
import { recordingHeader } from './schema.ts';
import type { RecordingHeader } from './types.ts';

/** The sizes that a spec gives to the arrays of a trajectory. */
export interface Widths {
  /** O */
  readonly obs: number;
  /** A */
  readonly act: number;
  /** K */
  readonly terms: number;
  /** B */
  readonly bodies: number;
  /** Whether the spread of an action is a lower Cholesky factor [A, A], and not a standard deviation each [A]. */
  readonly cholesky: boolean;
}

export function widths(spec: EnvSpec, cholesky: boolean): Widths {
  return { obs: total(spec.obs), act: total(spec.act), terms: spec.terms.length, bodies: spec.bodies.length, cholesky };
}

/** The header's JSON; checked, so that nothing is written that cannot be read. */
export function writeHeader(header: RecordingHeader): string {
  return JSON.stringify(parseHeader(JSON.stringify(header), 'recording'));
}

export function parseHeader(text: string, file: string): RecordingHeader {
  const header = parseJson(recordingHeader, text, file, 'header');
  checkReferences(header, file);
  return header;
}

/** Indices and names point at bodies that are there. */
function checkReferences({ spec, scene }: RecordingHeader, file: string): void {
  const fail = (place: string, expected: string, found: string): never => {
    throw new FileError('inconsistent', file, { place, expected, found });
  };
  const names = scene.bodies.map((body) => body.name);
  if (names.join('\n') !== spec.bodies.join('\n'))
    fail('header.scene.bodies', spec.bodies.join(', '), names.join(', '));
  const last = names.length - 1;
  const within = (place: string, body: number) => {
    if (body > last) fail(place, `a body from 0 to ${last}`, String(body));
  };
  scene.joints.forEach(({ parent, child }, i) => {
    within(`header.scene.joints.${i}.parent`, parent);
    within(`header.scene.joints.${i}.child`, child);
  });
  within('header.scene.endEffector.body', scene.endEffector.body);
}

function total(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + field.size, 0);
}
