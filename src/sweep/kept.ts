import { join } from 'node:path';
import type * as v from 'valibot';
import { FileError } from '../../envs/recording/errors.ts';
import type { Format } from '../../envs/recording/sealed.ts';
import { exists } from '../run/files.ts';
import { readSealedJson, writeSealedJson } from '../run/sealed-json.ts';
import { type Job, jobDigest } from './job.ts';
import { type Performed, type RunTiming, resultFormat, resultSchema, timingFormat, timingSchema } from './result.ts';

/** What a run came to, kept in its folder. */

/** What a job came to whose run lies finished in a folder; null where it does not. */
export async function performedIn(folder: string, job: Job): Promise<Performed | null> {
  const result = await keptIn(folder, resultName(job), resultFormat, resultSchema);
  if (!result || result.job !== jobDigest(job)) return null;
  const timing = await timingIn(folder);
  return { result, timing: timing ?? { seconds: 0, host: '' } };
}

/** How long the run in a folder was trained so far; null where that is not known. */
export function timingIn(folder: string): Promise<RunTiming | null> {
  return keptIn(folder, timingName, timingFormat, timingSchema);
}

/** The result last: where it is, all is there. */
export async function keep(folder: string, job: Job, { result, timing }: Performed): Promise<void> {
  await writeSealedJson(join(folder, timingName), timingFormat, timing);
  await writeSealedJson(join(folder, resultName(job)), resultFormat, result);
}

/** Jobs of one plan that stand still at several steps have a result each. */
function resultName({ pauseAt }: Job): string {
  return pauseAt === null ? 'result.json' : `result-at-${pauseAt}.json`;
}

const timingName = 'timing.json';

/** Whether a file of a run's folder is one of these. */
export function isKept(name: string): boolean {
  return name === timingName || /^result(-at-\d+)?\.json$/.test(name);
}

/** What a file of the folder holds; null where it is not there, or not as it was written: it can be made again. */
async function keptIn<T>(folder: string, name: string, format: Format, schema: v.GenericSchema<unknown, T>) {
  const file = join(folder, name);
  if (!exists(file)) return null;
  try {
    return await readSealedJson(file, format, schema);
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}
