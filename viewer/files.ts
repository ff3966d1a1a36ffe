/** Where recordings come from: the server the page came from, the page itself, and files that the user hands over. */
import * as v from 'valibot';
import { decodeRecording } from '../envs/recording/recording.ts';
import type { Recording } from '../envs/recording/types.ts';
import { sharedRecording, sharedRecordings } from './shared.ts';

const file = { name: v.string(), url: v.string() };
const listing = v.array(
  v.object({ ...file, training: v.optional(v.array(v.object({ ...file, iteration: v.number() }))) }),
);

/** A recording on offer; names are text from the disk. `training` holds the same run's earlier policies, if saved. */
export type Served = v.InferOutput<typeof listing>[number];

/** The one of that name among what is on offer, those of its training included. */
export function findServed(offered: readonly Served[], name: string): Pick<Served, 'name' | 'url'> | undefined {
  return offered.flatMap((item) => [item, ...(item.training ?? [])]).find((item) => item.name === name);
}

/** What the page holds or its server offers; nothing where there is neither. */
export async function served(): Promise<readonly Served[]> {
  const own = sharedRecordings();
  if (own) return v.parse(listing, own);
  const response = await fetch('api/recordings').catch(() => undefined);
  if (!response?.ok || !response.headers.get('content-type')?.includes('json')) return [];
  return v.parse(listing, await response.json());
}

export async function fetchRecording({ name, url }: Pick<Served, 'name' | 'url'>): Promise<Recording> {
  const own = await sharedRecording(url);
  if (own) return decodeRecording(own, name);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
  return decodeRecording(new Uint8Array(await response.arrayBuffer()), name);
}

export async function readRecording(file: File): Promise<Recording> {
  return decodeRecording(new Uint8Array(await file.arrayBuffer()), file.name);
}
