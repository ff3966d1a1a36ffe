/** What a server tells of trainings that go on, and what that means for what is in view. */
import * as v from 'valibot';
import { listing, type OfferedRecording } from '../files/recordings.ts';

const newsSchema = v.object({ recordings: listing, waiting: v.array(v.string()) });

/** What there is to watch by now; `waiting` names runs that have recorded nothing yet. */
export type News = v.InferOutput<typeof newsSchema>;

export function readNews(text: string): News {
  return v.parse(newsSchema, JSON.parse(text));
}

/** Whether there will be more. */
export function isGoing({ recordings, waiting }: News): boolean {
  return waiting.length > 0 || recordings.some(({ going }) => going);
}

/** Where what is in view stands in its training. */
export interface Place {
  readonly run: OfferedRecording;
  readonly isNewest: boolean;
}

/** The training that a recording is of; undefined where it is of none. */
export function placeOf(name: string | undefined, offered: readonly OfferedRecording[]): Place | undefined {
  const run = offered.find((item) => item.name === name || item.training?.some((one) => one.name === name));
  if (!run?.training) return undefined;
  return { run, isNewest: name === run.name || name === run.training.at(-1)?.name };
}

/** The newest recording of a training among those on offer by now; by its first one it is known, which is always kept. */
export function newestOf(
  run: OfferedRecording,
  offered: readonly OfferedRecording[],
): NonNullable<OfferedRecording['training']>[number] | undefined {
  const first = run.training?.[0]?.name;
  return offered.find(({ training }) => training?.[0]?.name === first)?.training?.at(-1);
}
