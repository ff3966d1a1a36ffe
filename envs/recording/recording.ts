/** Recordings as files: they open in milliseconds, whatever their size, because an episode is a view into the file. */
import { touchingBodiesOf } from '../model/free-body.ts';
import { disturb, disturbancesText, isDisturbed } from './disturbances.ts';
import { episodesOf, tensorsOf } from './episodes.ts';
import { FileError } from './errors.ts';
import type { Recording } from './header.ts';
import { meshTensors, sceneMeshes } from './meshes.ts';
import { parseHeader, writeHeader } from './schema.ts';
import { decodeSealed, encodeSealed, type Format, software } from './sealed.ts';
import { upgradeHeader, upgradeTensors } from './upgrade.ts';

/**
 * Version 3 has disturbances, version 4 the engine that simulated. A file is written as the first version that has all of it, which
 * earlier versions of Armature read as well.
 */
export const recordingFormat: Format = { name: 'armature.rollouts', version: 4, oldest: 1, noun: 'a rollout file' };
const [withDisturbances, withEngine] = [3, 4];

/** The same recording gives the same bytes. */
export async function encodeRecording(
  { header, episodes, meshes = {} }: Recording,
  by = software,
): Promise<Uint8Array<ArrayBuffer>> {
  const text = writeHeader(header);
  const drawn = await sceneMeshes(header.scene, meshTensors(meshes), 'recording');
  const tensors = { ...tensorsOf(header.spec, episodes), ...(drawn && meshTensors(drawn)) };
  const isTouched = isDisturbed(episodes);
  const version = header.engine ? withEngine : isTouched ? withDisturbances : 2;
  const metadata = { software: by, header: text };
  const disturbed = isTouched ? { ...metadata, disturbances: disturbancesText(episodes) } : metadata;
  return encodeSealed({ ...recordingFormat, version }, tensors, disturbed);
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
  const touching = touchingBodiesOf(header.scene).length;
  const own = isOld ? upgradeTensors(tensors) : tensors;
  const episodes = episodesOf(header.spec, own, file, undefined, touching);
  const { disturbances } = metadata;
  const expectNone = (place: string, found: string) => {
    throw new FileError('inconsistent', file, { place, expected: `none in version ${version}`, found });
  };
  if (disturbances !== undefined && version < withDisturbances) expectNone('disturbances', 'some');
  if (header.engine && version < withEngine) expectNone('header.engine', header.engine.name);
  if (disturbances !== undefined) disturb(episodes, disturbances, file);
  const meshes = await sceneMeshes(header.scene, tensors, file);
  return { header, episodes, ...(meshes && { meshes }) };
}
