import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';
import { exists, read, remove, writeWhole } from '../run/files.ts';
import { sweepName } from './records.ts';

/** By which name the sweep of a folder goes on the queue. Where that is, and what opens it, stands nowhere. */

const file = 'queue.json';
const schema = v.strictObject({ sweep: sweepName });

/** The sweep's name; null where the folder's is not on a queue. */
export async function nameOfSweep(folder: string): Promise<string | null> {
  const path = join(folder, file);
  if (!exists(path)) return null;
  return parseJson(schema, new TextDecoder().decode(await read(path)), path, 'sweep').sweep;
}

/** The same, and a new name where there is none. */
export async function nameSweep(folder: string): Promise<string> {
  const known = await nameOfSweep(folder);
  if (known !== null) return known;
  const sweep = randomBytes(8).toString('hex');
  writeWhole(join(folder, file), `${JSON.stringify({ sweep })}\n`);
  return sweep;
}

/** The sweep is on a queue no more. */
export function forgetSweep(folder: string): void {
  remove(join(folder, file));
}
