import { software } from '../../envs/recording/sealed.ts';
import { Failure } from '../run/failure.ts';
import type { ModuleSource } from '../train/registry.ts';

/**
 * Modules of a user's own, as they travel. What a module imports of this package lies elsewhere on every machine: its script names that
 * package on the way, and its place where it runs.
 */

const own = '@armature-rl/armature';
/** What the package exports to modules. */
const exported = ['', '/envs', '/policy', '/testing'].map((part) => own + part);
const script = 'data:text/javascript;base64,';

/** @throws Failure for a module that imports other packages, which a worker need not have */
export function portable(source: ModuleSource): ModuleSource {
  const [other] = Object.keys(source.identity.packages);
  if (other !== undefined) {
    const what = `${source.path} imports the package ${other}, which workers elsewhere need not have`;
    throw new Failure(`${what}: with --queue, a module may import files of its own and ${own}`);
  }
  return replaced(source, (name) => [placeOf(name), name]);
}

/** The module as it runs on this machine. */
export function atHome(source: ModuleSource): ModuleSource {
  return replaced(source, (name) => [name, placeOf(name)]);
}

function replaced(source: ModuleSource, change: (name: string) => readonly [string, string]): ModuleSource {
  let text = Buffer.from(source.url.slice(script.length), 'base64').toString('utf8');
  for (const name of exported) {
    const [from, to] = change(name);
    for (const quote of ['"', "'"]) text = text.replaceAll(`${quote}${from}${quote}`, `${quote}${to}${quote}`);
  }
  return { ...source, url: script + Buffer.from(text).toString('base64') };
}

function placeOf(name: string): string {
  try {
    return import.meta.resolve(name);
  } catch (error) {
    throw new Failure(`${software} does not find itself as ${name}`, { cause: error });
  }
}

/** What a script that travels begins with. */
export function isScript(url: string): boolean {
  return url.startsWith(script);
}
