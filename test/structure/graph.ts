import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The imports of the project's own code, read as text. */

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** What is imported that is no file of the project. */
  readonly packages: readonly string[];
}

export interface Import {
  readonly to: string;
  /** Only types: nothing of it is left when the code runs. */
  readonly isType: boolean;
  /** `import(..)`: loaded when it is asked for. */
  readonly isDynamic: boolean;
}

/** Every TypeScript file below these folders, but for generated ones and those in AssemblyScript. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.generated.ts') && !path.includes('assembly'))
      .sort()
      .map(read),
  );
}

const statement = /^(?:import|export)\s+(type\s)?([^;]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\(\s*'(\.[^']+)'/g;

function read(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const resolve = (specifier: string) => relative('', normalize(join(dirname(path), specifier)));
  const imports: Import[] = [];
  const packages: string[] = [];
  for (const [, type, names = '', specifier] of text.matchAll(statement)) {
    const isType = type !== undefined || isOnlyTypes(names);
    if (!specifier.startsWith('.')) packages.push(specifier);
    else if (isCode(specifier)) imports.push({ to: resolve(specifier), isType, isDynamic: false });
  }
  for (const [, specifier] of text.matchAll(dynamic)) {
    if (isCode(specifier)) imports.push({ to: resolve(specifier), isType: false, isDynamic: true });
  }
  return { path, text, imports, packages };
}

function isCode(specifier: string): boolean {
  return specifier.endsWith('.ts') && !specifier.endsWith('.generated.ts');
}

/** `{ type A, type B } from`: what verbatimModuleSyntax would keep runs no code of ours. */
function isOnlyTypes(names: string): boolean {
  const list = /^\{([^}]*)\}/.exec(names.trim())?.[1];
  if (list === undefined) return false;
  return list.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

/** A graph as the nodes that each node points at. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

export function fileGraph(files: readonly SourceFile[], counts: (one: Import) => boolean = () => true): Graph {
  return new Map(files.map(({ path, imports }) => [path, new Set(imports.filter(counts).map(({ to }) => to))]));
}

/** The same between folders: one points at another where a file of it imports a file of the other. */
export function folderGraph(files: readonly SourceFile[]): Graph {
  const graph = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const from = dirname(path);
    const to = graph.get(from) ?? new Set();
    for (const one of imports) if (dirname(one.to) !== from) to.add(dirname(one.to));
    graph.set(from, to);
  }
  return graph;
}

/** A way around from a node to itself; null where there is none. */
export function cycleIn(graph: Graph): string[] | null {
  const done = new Set<string>();
  function visit(node: string, path: readonly string[]): string[] | null {
    const at = path.indexOf(node);
    if (at >= 0) return [...path.slice(at), node];
    if (done.has(node)) return null;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...path, node]);
      if (cycle) return cycle;
    }
    done.add(node);
    return null;
  }
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle) return cycle;
  }
  return null;
}

/** The longest way through a graph without cycles. */
export function longestChain(graph: Graph): string[] {
  const known = new Map<string, string[]>();
  function from(node: string): string[] {
    const made = known.get(node);
    if (made) return made;
    let longest: string[] = [];
    for (const next of graph.get(node) ?? []) {
      const chain = from(next);
      if (chain.length > longest.length) longest = chain;
    }
    const chain = [node, ...longest];
    known.set(node, chain);
    return chain;
  }
  return [...graph.keys()].map(from).reduce((a, b) => (b.length > a.length ? b : a), []);
}
