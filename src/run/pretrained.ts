/** The policies that ship, each a file of assets/policies: of a task with its usual arm by the task's name, with another as `reach-ur5e`. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './failure.ts';
import { exists, isFolder, namesIn } from './files.ts';

/** Of a clone, or of the package where it is installed: the built file lies a folder deeper than its source. */
const folder = ['../..', '../../..']
  .map((root) => join(fileURLToPath(new URL(root, import.meta.url)), 'assets', 'policies'))
  .find(isFolder);

const ending = '.safetensors';

/** Their names. */
export function pretrainedNames(): string[] {
  if (folder === undefined) return [];
  const files = namesIn(folder).filter((name) => name.endsWith(ending));
  return files.map((name) => name.slice(0, -ending.length)).sort();
}

/** Whether a text names a policy that ships, and no file or folder that is here. */
export function isPretrained(text: string): boolean {
  return !exists(text) && pretrainedNames().includes(text);
}

/**
 * The file of a policy that ships.
 * @throws Failure where none has the name, which names those that there are
 */
export function pretrainedFile(name: string): string {
  const names = pretrainedNames();
  if (folder !== undefined && names.includes(name)) return join(folder, name + ending);
  throw new Failure(`no policy ships by the name of ${name}; there are: ${names.join(', ')}`);
}
