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
const policy = v.object({ ...file, meshes: v.optional(v.string()) });
const policies = v.array(policy);
export const listing = v.array(
  v.object({
    ...file,
    going: v.optional(v.boolean()),
    policy: v.optional(policy),
    training: v.optional(v.array(v.object({ ...file, iteration: v.number(), success: v.optional(v.number()) }))),
  }),
);

/**
 * A recording on offer; names are text from the disk. `training` holds the same run's earlier policies, if saved; `going` says that it is
 * being trained.
 */
export type OfferedRecording = v.InferOutput<typeof listing>[number];

/** A policy on offer. `meshes` is the address of what its robot is drawn with, where no recording has that. */
export type OfferedPolicy = v.InferOutput<typeof policy>;

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
export async function listRecordings(follow: () => void = () => {}): Promise<readonly OfferedRecording[]> {
  return v.parse(listing, (await listOf([embeddedIds.list, embeddedIds.site], 'api/recordings', follow)) ?? []);
}

/** The policies that the page holds or its server offers without a recording; empty where there are none. */
export async function listPolicies(): Promise<readonly OfferedPolicy[]> {
  return v.parse(policies, (await listOf([embeddedIds.policies], 'api/policies')) ?? []);
}

/** A list of the page itself, or of its server; undefined where there is none. */
async function listOf(ids: readonly string[], address: string, follow = () => {}): Promise<unknown> {
  if (isShared() || isOfSite()) return ids.map(embedded).find((list) => list !== undefined);
  const response = await fetch(address).catch(() => undefined);
  if (response && response.status >= 500) throw new Error((await response.text()).trim());
  if (!response?.ok || !response.headers.get('content-type')?.includes('json')) return undefined;
  if (response.headers.has('armature-going')) follow();
  return response.json();
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

/** Data that the page holds; undefined where it does not. */
function embedded(id: string): unknown {
  const text = document.getElementById(id)?.textContent;
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
  return v.parse(v.string(), embedded(embeddedIds.link) ?? '');
}

/** Whether this page is one file with all that it shows, as `armature share` and Save as HTML make it. */
export function isShared(): boolean {
  return [embeddedIds.list, embeddedIds.policies].some((id) => document.getElementById(id) !== null);
}

/** Whether this page is one of a site, as `armature site` makes it. */
export function isOfSite(): boolean {
  return document.getElementById(embeddedIds.site) !== null;
}

/** Whether workers can be started here: one file on a disk starts those alone whose script it holds. */
export function hasWorkers(): boolean {
  return !isShared() || document.getElementById(embeddedIds.worker) !== null;
}
