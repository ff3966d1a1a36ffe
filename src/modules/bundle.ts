import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuildFailure, Message, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import type { ModuleIdentity } from '../../envs/env.ts';
import { Failure, systemFailure } from '../run/failure.ts';
import { exists, fromHere, isFolder, isWithin, withSlashes } from '../run/files.ts';

/** A module and the files that it imports, as one script, with the identity of all that went into it. */
export interface Bundle {
  readonly url: string;
  /** From the working directory. */
  readonly path: string;
  readonly identity: ModuleIdentity;
  /** Absolute paths of the files. */
  readonly files: readonly string[];
}

/** This package: a module that imports it is given the one that runs. */
const own = '@armature-rl/armature';

/**
 * Reads a module, in TypeScript or JavaScript, and all that it imports by relative paths. What a run keeps of it is what runs:
 * every thread imports the same text, and a file that changes meanwhile changes nothing.
 * @throws Failure that names the file and the line, for what cannot be read, parsed or found, and for an import whose path
 * is computed
 */
export async function bundle(path: string): Promise<Bundle> {
  if (!exists(path)) throw new Failure(`cannot read the module ${path}: there is no such file or folder`);
  if (isFolder(path)) throw new Failure(`cannot read the module ${path}: expected a file, found a folder`);
  const { build } = await import('esbuild');
  // Links followed: what a link on the way is called says where it lies, and not what it is.
  const entry = realpathSync(path);
  const found: Found = { folder: dirname(entry), files: new Map(), packages: new Map() };
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      outfile: join(found.folder, 'module.js'),
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      sourcesContent: false,
      sourceRoot: pathToFileURL(`${found.folder}${sep}`).href,
      // What a compiler is told is no part of what a module is.
      tsconfigRaw: {},
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(entry).href) },
      plugins: [tracking(found)],
      logLevel: 'silent',
      logOverride: {
        'unsupported-dynamic-import': 'error',
        'unsupported-require-call': 'error',
        'direct-eval': 'error',
      },
    });
    const script = Buffer.from(outputFiles[0].contents).toString('base64');
    return {
      url: `data:text/javascript;base64,${script}`,
      path: fromHere(path),
      identity: identityOf(path, found),
      files: [...found.files.keys()],
    };
  } catch (error) {
    if (error instanceof Error && 'errors' in error) throw explained(error as BuildFailure, path);
    throw error;
  }
}

/** What was met on the way. */
interface Found {
  readonly folder: string;
  /** Digests by absolute path. */
  readonly files: Map<string, string>;
  readonly packages: Map<string, string>;
}

function identityOf(path: string, { folder, files, packages }: Found): ModuleIdentity {
  const named = [...files].map(([file, digest]) => [withSlashes(relative(folder, file)), digest] as const);
  return { path: keptPath(path), files: sorted(named), packages: sorted([...packages]) };
}

/** From the working directory, of what lies below it. Elsewhere nothing is opened unasked: where that is, is nobody's business. */
function keptPath(path: string): string {
  return isWithin('', path) ? fromHere(path) : basename(path);
}

function sorted(entries: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Keeps the digest of every file, and leaves packages to be imported where they are. */
function tracking(found: Found): Plugin {
  return {
    name: 'tracking',
    setup(build) {
      build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => {
        try {
          const contents = readFileSync(path);
          found.files.set(path, createHash('sha256').update(contents).digest('hex'));
          return { contents, loader: 'default' };
        } catch (error) {
          throw systemFailure(`read ${relative('', path)}`, error);
        }
      });
      build.onResolve({ filter: /^(\/|[A-Za-z]:)/ }, ({ kind }) =>
        kind === 'entry-point' ? null : { errors: [{ text: absolute }] },
      );
      build.onResolve({ filter: /^[^./]/ }, (args) =>
        args.kind === 'entry-point' ? null : packageOf(build, args, found),
      );
    },
  };
}

/** Marks what a bare name asks for as found at the call to resolve it there. */
const inside = Symbol('inside');

async function packageOf(
  build: PluginBuild,
  { path: specifier, kind, resolveDir, importer, pluginData }: OnResolveArgs,
  { packages }: Found,
): Promise<OnResolveResult | null> {
  if (pluginData === inside) return null;
  if (isBuiltin(specifier)) return { path: specifier, external: true };
  if (/^[a-z]+:/i.test(specifier)) {
    return { errors: [{ text: `expected a relative path or the name of a package, found "${specifier}"` }] };
  }
  if (specifier === own || specifier.startsWith(`${own}/`))
    return { path: import.meta.resolve(specifier), external: true };
  const { path, errors } = await build.resolve(specifier, { kind, resolveDir, importer, pluginData: inside });
  if (errors.length) return { errors: [{ text: `the package of "${specifier}" is not installed` }] };
  const { name, version } = packageAbove(path, specifier);
  packages.set(name, version);
  return { path: pathToFileURL(path).href, external: true };
}

/** The package that a file belongs to; where it is in none, by the name that it was imported by. */
function packageAbove(file: string, specifier: string): { readonly name: string; readonly version: string } {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const description = join(folder, 'package.json');
    const { name, version = '0.0.0' } = exists(description) ? JSON.parse(readFileSync(description, 'utf8')) : {};
    if (name) return { name, version };
    if (folder === dirname(folder)) return { name: specifier, version };
  }
}

/** The first of a bundler's errors, in one line. */
function explained({ errors: [error] }: BuildFailure, path: string): Failure {
  return new Failure(`${placeOf(error, path)}: ${reasons[error.id] ?? error.text}`);
}

function placeOf({ location }: Message, path: string): string {
  if (!location) return path;
  return `${relative('', resolve(location.file))}:${location.line}:${location.column + 1}`;
}

const absolute = 'the path of an import has to be relative: a run keeps no place on this machine';
const computed = 'the path of an import has to be written out, so that a run can keep what it imports';
const reasons: Readonly<Record<string, string>> = {
  'unsupported-dynamic-import': computed,
  'unsupported-require-call': computed,
  'direct-eval': 'code out of a text cannot be kept with a run',
};
