/** JSON out of files: bounded in size and depth before it is parsed, then of the shape that a schema says. */
import * as v from 'valibot';
import { expectedIn } from '../schema.ts';
import { FileError } from './errors.ts';

/** Characters, and brackets within brackets: far more than anything of ours has, and little enough to parse at once. */
export const longestJson = 2_000_000;
const deepest = 32;

/**
 * @param place where in the file the text stands, for messages
 * @throws FileError that names the file, the place, what was expected and what was found
 */
export function parseJson<T>(schema: v.GenericSchema<unknown, T>, text: string, file: string, place: string): T {
  return checked(schema, boundedJson(text, file, place), file, place);
}

/** The value, if it has the shape of the schema. */
export function checked<T>(schema: v.GenericSchema<unknown, T>, value: unknown, file: string, place: string): T {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new FileError('inconsistent', file, {
    place: path ? `${place}.${path}` : place,
    expected: expectedIn(issue),
    found: issue.received,
  });
}

/** Any JSON within the bounds. */
export function boundedJson(text: string, file: string, place: string): unknown {
  const fail = (expected: string, found: string): never => {
    throw new FileError('inconsistent', file, { place, expected, found });
  };
  if (text.length > longestJson) fail(`at most ${longestJson} characters`, String(text.length));
  if (isDeeper(text)) fail(`at most ${deepest} brackets within brackets`, 'more');
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail('JSON', error instanceof Error ? error.message : String(error));
  }
}

function isDeeper(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length && depth <= deepest; at++) {
    const letter = text[at];
    if (letter === '"') inString = !inString;
    else if (inString && letter === '\\') at++;
    else if (inString) continue;
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
  }
  return depth > deepest;
}
