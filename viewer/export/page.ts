/** One HTML file as `armature share` writes it: the page as the server has it, and the recordings in view, or the policy that acts. */
import * as v from 'valibot';
import type { Meshes } from '../../envs/model/types.ts';
import { type Embedded, embedLive, embedRecordings } from '../../envs/recording/embedded.ts';
import { encodeMeshes } from '../../envs/recording/meshes.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { base64Of } from '../files/base64.ts';
import { isLinked } from '../files/linked.ts';
import { fetchBytes, findOffered, type OfferedRecording } from '../files/recordings.ts';
import type { OpenFile, State } from '../state/state.ts';

/** @throws Error where the server has no such page, as one that only serves files; or when the signal ends it */
export async function pageOf(
  { files, file, beside, compare }: State,
  offered: readonly OfferedRecording[],
  link: string,
  signal: AbortSignal,
): Promise<Blob> {
  const html = await (await partsFrom('api/page', 'text/plain', signal)).text();
  const shown = [file, beside, ...compare.map((ref) => ref.file)];
  const needed = [...new Set(shown)].flatMap((id) => files.find((one) => one.id === id) ?? []);
  const embedded = new Map<string, Embedded>();
  for (const one of needed) {
    const made = await embed(one, offered);
    signal.throwIfAborted();
    embedded.set(made.name, made);
  }
  return new Blob([embedRecordings(html, [...embedded.values()], link)], { type: 'text/html' });
}

const liveParts = v.object({ html: v.string(), worker: v.array(v.string()) });

/** The file of a policy that acts. */
export interface ActingPolicy {
  readonly bytes: Uint8Array;
  /** Text from the disk. */
  readonly name: string;
  /** What its robot is drawn with, where that is at hand. */
  readonly meshes?: Meshes;
}

/** @throws Error where the server has no such page, as one that only serves files; or when the signal ends it */
export async function livePageOf({ name, bytes, meshes = {} }: ActingPolicy, signal: AbortSignal): Promise<Blob> {
  const response = await partsFrom('api/live-page', 'application/json', signal);
  const { html, worker } = v.parse(liveParts, await response.json());
  const drawn = Object.keys(meshes).length ? { meshes: await zipped(await encodeMeshes(meshes)) } : {};
  const policy = { name, gzip: await zipped(bytes) };
  return new Blob([embedLive(html, { policy, ...drawn, worker })], { type: 'text/html' });
}

/** What the server has of a page in one file. */
async function partsFrom(address: string, type: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { signal });
  if (response.ok && response.headers.get('content-type')?.startsWith(type)) return response;
  throw new Error('only armature view serves what it is made of; armature share makes it as well');
}

/** A recording of the server's with those of its training; any other alone. */
async function embed({ name, recording }: OpenFile, offered: readonly OfferedRecording[]): Promise<Embedded> {
  const run = isLinked(recording) && offered.find((item) => findOffered([item], name));
  if (!run) return { name, gzip: await zipped(await encodeRecording(recording)) };
  const training = [];
  for (const { url, ...state } of run.training ?? [])
    training.push({ ...state, gzip: await zipped(await fetchBytes(url)) });
  return { name: run.name, gzip: await zipped(await fetchBytes(run.url)), training };
}

async function zipped(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('gzip'));
  return base64Of(new Uint8Array(await new Response(stream).arrayBuffer()));
}
