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

/** Version 4 has joint positions and velocities, drawn dynamics, the engine that simulated and how training credited actions; 3 has disturbances. */
export const recordingFormat: Format = { name: 'armature.rollouts', version: 4, oldest: 1, noun: 'a rollout file' };

/** The lowest version that has room for a recording: earlier versions of Armature read that as well. */
function versionOf({ header, episodes }: Recording): number {
  if (header.spec.joints || header.env.dynamics || header.engine || header.credit) return 4;
  return isDisturbed(episodes) ? 3 : 2;
}

/** The same recording gives the same bytes. */
export async function encodeRecording(recording: Recording, by = software): Promise<Uint8Array<ArrayBuffer>> {
  const { header, episodes, meshes = {} } = recording;
  const text = writeHeader(header);
  const drawn = await sceneMeshes(header.scene, meshTensors(meshes), 'recording');
  const tensors = { ...tensorsOf(header.spec, episodes), ...(drawn && meshTensors(drawn)) };
  const format = { ...recordingFormat, version: versionOf(recording) };
  const disturbances = isDisturbed(episodes) && { disturbances: disturbancesText(episodes) };
  return encodeSealed(format, tensors, { software: by, header: text, ...disturbances });
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
  const expectNone = (place: string, found = 'some') => {
    throw new FileError('inconsistent', file, { place, expected: `none in version ${version}`, found });
  };
  if (disturbances !== undefined && version < 3) expectNone('disturbances');
  if (header.engine && version < 4) expectNone('header.engine', header.engine.name);
  if (header.credit && version < 4) expectNone('header.credit');
  if (header.env.dynamics && version < 4) expectNone('header.env.dynamics');
  if (header.spec.joints && version < 4) expectNone('header.spec.joints');
  if (disturbances !== undefined) disturb(episodes, disturbances, file);
  const meshes = await sceneMeshes(header.scene, tensors, file);
  return { header, episodes, ...(meshes && { meshes }) };
}
