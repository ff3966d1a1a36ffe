import { basename, dirname, join } from 'node:path';
import type { EnvConfig } from '../../envs/env.ts';
import { meshesOf } from '../../envs/model/meshes.ts';
import type { Meshes } from '../../envs/model/types.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { decodeMeshes } from '../../envs/recording/meshes.ts';
import { Failure } from './failure.ts';
import { exists, isFolder, read } from './files.ts';
import { names } from './folder.ts';

/**
 * What the robot of a run is drawn with, from the run's folder, or for one of its files from the folder that the file is in.
 * Nothing but pictures depends on it: without, the robot is drawn by other shapes.
 * @param owner the run, or a file of it
 * @param known what is at hand already, and need not be looked for
 * @param warn told where the robot has meshes, and they are not there or damaged
 */
export async function meshesBeside(
  owner: string,
  { env: { robot } }: { readonly env: Pick<EnvConfig, 'robot'> },
  known: Meshes,
  warn: (message: string) => void,
): Promise<Meshes> {
  const named = robot ? meshesOf(robot) : [];
  const needed = named.map(({ tensor }) => tensor).filter((name) => !Object.hasOwn(known, name));
  if (!needed.length) return {};
  const file = join(runOf(owner), names.meshes);
  const instead = `${robot?.name} is drawn by other shapes`;
  if (!exists(file)) {
    warn(`${file} is not there: ${instead}`);
    return {};
  }
  try {
    const meshes = await decodeMeshes(await read(file), file);
    if (!needed.every((name) => Object.hasOwn(meshes, name))) warn(`${file} is that of another run: ${instead}`);
    return meshes;
  } catch (error) {
    if (!(error instanceof FileError || error instanceof Failure)) throw error;
    warn(`${error.message}; ${instead}`);
    return {};
  }
}

/** The folder of a run by one of its files. */
function runOf(owner: string): string {
  if (isFolder(owner)) return owner;
  const folder = dirname(owner);
  return basename(folder) === names.checkpoints ? dirname(folder) : folder;
}
