/** Recordings as files: they open in milliseconds, whatever their size, because an episode is a view into the file. */
import { episodesOf, tensorsOf } from './episodes.ts';
import type { Recording } from './header.ts';
import { parseHeader, writeHeader } from './schema.ts';
import { decodeSealed, encodeSealed, type Format, software } from './sealed.ts';
import { upgradeHeader, upgradeTensors } from './upgrade.ts';

export const recordingFormat: Format = { name: 'armature.rollouts', version: 2, oldest: 1, noun: 'a rollout file' };

/** The same recording gives the same bytes. */
export async function encodeRecording(
  { header, episodes }: Recording,
  by = software,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = writeHeader(header);
  return encodeSealed(recordingFormat, tensorsOf(header.spec, episodes), { software: by, header: text });
}

/**
 * The episodes are views into `bytes`. Files of version 1 are read as if they were of this one.
 * @param file the file's name, for messages
 */
export async function decodeRecording(bytes: Uint8Array, file: string): Promise<Recording> {
  const { version, metadata, tensors } = await decodeSealed(recordingFormat, bytes, file);
  const isOld = version === 1;
  const text = metadata.header ?? '';
  const header = parseHeader(isOld ? upgradeHeader(text, file) : text, file);
  return { header, episodes: episodesOf(header.spec, isOld ? upgradeTensors(tensors) : tensors, file) };
}
