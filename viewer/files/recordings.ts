/**
 * Where recordings come from: the server of the page, files that the user opens, and the page itself, where that is one file,
 * which holds its recordings as gzip in base64.
 */

import * as v from 'valibot';
import { embeddedIds } from '../../envs/recording/embedded.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { link } from './linked.ts';

const file = { name: v.string(), url: v.string() };
export const listing = v.array(
  v.object({
    ...file,
    going: v.optional(v.boolean()),
    training: v.optional(v.array(v.object({ ...file, iteration: v.number(), success: v.optional(v.number()) }))),
  }),
);

/**
 * A recording on offer; names are text from the disk. `training` holds the same run's earlier policies, if saved; `going` says that it is
 * being trained.
 */
export type OfferedRecording = v.InferOutput<typeof listing>[number];

/** The recording of that name among those on offer and those of their training. */
export function findOffered(
  offered: readonly OfferedRecording[],
  name: string,
): Pick<OfferedRecording, 'name' | 'url'> | undefined {
  return offered.flatMap((item) => [item, ...(item.training ?? [])]).find((item) => item.name === name);
}

/**
 * What the page holds or its server offers; empty where there is neither.
 * @param follow called where a training goes on, of which there will be more
 * @throws Error with what the server says is in the way
 */
export async function listRecordings(follow: () => void): Promise<readonly OfferedRecording[]> {
  const own = embeddedList();
  if (own) return v.parse(listing, own);
  const response = await fetch('api/recordings').catch(() => undefined);
  if (response && response.status >= 500) throw new Error((await response.text()).trim());
  if (!response?.ok || !response.headers.get('content-type')?.includes('json')) return [];
  if (response.headers.has('armature-going')) follow();
  return v.parse(listing, await response.json());
}

export async function fetchRecording({ name, url }: Pick<OfferedRecording, 'name' | 'url'>): Promise<Recording> {
  const recording = await decodeRecording(await fetchBytes(url), name);
  link(recording);
  return recording;
}

/** The bytes of a recording on offer. */
export async function fetchBytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const own = await embeddedRecording(url);
  if (own) return own;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`.trim());
  return new Uint8Array(await response.arrayBuffer());
}

export async function readRecording(file: File): Promise<Recording> {
  return decodeRecording(new Uint8Array(await file.arrayBuffer()), file.name);
}

/** The list of a shared page, in the form that a server gives; undefined on any other page. */
function embeddedList(): unknown {
  const text = document.getElementById(embeddedIds.list)?.textContent;
  return text ? JSON.parse(text) : undefined;
}

/** The bytes of a recording by its address in that list; undefined for any other address. */
async function embeddedRecording(url: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!url.startsWith('#')) return undefined;
  const text = document.getElementById(url.slice(1))?.textContent;
  if (!text) throw new Error('this page does not hold it');
  const gzip = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([gzip]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The link of the view that a shared page was saved with; empty where there is none. */
export function embeddedLink(): string {
  const text = document.getElementById(embeddedIds.link)?.textContent;
  return text ? v.parse(v.string(), JSON.parse(text)) : '';
}

/** Whether this page is one file with its recordings, as `armature share` and Save as HTML make it. */
export function isShared(): boolean {
  return document.getElementById(embeddedIds.list) !== null;
}
