import { join } from 'node:path';
import { Failure } from './failure.ts';
import { exists, isFolder } from './files.ts';
import { names } from './folder.ts';

/**
 * The file of a run's policy, or a file itself.
 * @throws Failure where there is none
 */
export function policyFileOf(path: string): string {
  if (!exists(path)) throw new Failure(`cannot open the run ${path}: there is no such folder`);
  const file = isFolder(path) ? join(path, names.policy) : path;
  if (!exists(file)) throw new Failure(`cannot open the run ${path}: it holds no ${names.policy}`);
  return file;
}
