/** Recordings as files: they open in milliseconds, whatever their size, because an episode is a view into the file. */
import { episodesOf, tensorsOf } from './episodes.ts';
import { parseHeader, writeHeader } from './header.ts';
import { decodeSealed, encodeSealed, type Format, software } from './sealed.ts';
import type { Recording } from './types.ts';

export const recordingFormat: Format = { name: 'armature.rollouts', version: 1, noun: 'a rollout file' };

/** The same recording gives the same bytes. */
export async function encodeRecording(
  { header, episodes }: Recording,
  by = software,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = writeHeader(header);
  return encodeSealed(recordingFormat, tensorsOf(header.spec, episodes), { software: by, header: text });
}

/**
 * The episodes are views into `bytes`.
 * @param file the file's name, for messages
 */
export async function decodeRecording(bytes: Uint8Array, file: string): Promise<Recording> {
  const { metadata, tensors } = await decodeSealed(recordingFormat, bytes, file);
  const header = parseHeader(metadata.header ?? '', file);
  return { header, episodes: episodesOf(header.spec, tensors, file) };
}
