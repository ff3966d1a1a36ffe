import { describe, expect, it } from 'vitest';
import { cycleIn, fileGraph, folderGraph, longestChain, sourceFiles } from './graph.ts';

const files = sourceFiles('envs', 'src', 'viewer');
/** The files behind the package's exports. */
const entries = [
  'envs/index.ts',
  'src/index.ts',
  'src/browser.ts',
  'src/library/exports.ts',
  'src/policy/index.ts',
  'src/testing.ts',
];
const inside = (folder: string) => files.filter(({ path }) => path.startsWith(`${folder}/`));
/** Sums of rewards and values, by which the page shows the advantages that training used: numbers alone, of no policy. */
const estimators = 'src/estimators/returns.ts';
/** The one room of the page that knows policies. */
const live = 'viewer/live/';

describe('the imports', () => {
  it('are those of many files', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(500);
  });

  it('go in no circle, neither between files nor between folders', () => {
    expect(cycleIn(fileGraph(files))).toBeNull();
    // What a package exports may import from everywhere, and is imported by nothing.
    expect(cycleIn(folderGraph(files.filter(({ path }) => !entries.includes(path))))).toBeNull();
    for (const { path, imports } of files.filter(({ path }) => !entries.includes(path))) {
      expect(
        imports.filter(({ to }) => entries.includes(to)),
        path,
      ).toEqual([]);
    }
  });

  it.each([
    ['envs', ['envs']],
    ['src', ['src', 'envs']],
    ['viewer', ['viewer', 'envs']],
    ['viewer/live', ['viewer', 'envs', 'src']],
  ])('of %s point at %j', (folder, allowed) => {
    const own = inside(folder).filter(({ path }) => folder === 'viewer/live' || !path.startsWith(live));
    const strays = own.flatMap(({ path, imports }) =>
      imports
        .filter(({ to }) => !allowed.includes(to.split('/')[0]) && !(folder === 'viewer' && to === estimators))
        .map(({ to }) => `${path} -> ${to}`),
    );
    expect(strays).toEqual([]);
  });

  it('of the live room are made by nothing but its button, when it is asked for', () => {
    const into = files
      .filter(({ path }) => !path.startsWith(live))
      .flatMap(({ path, imports }) =>
        imports.filter(({ to }) => to.startsWith(live)).map(({ to, isDynamic }) => `${path} -> ${to} ${isDynamic}`),
      );
    expect(into).toEqual(['viewer/go-live.ts -> viewer/live/index.ts true']);
  });

  it('of the live room on the page run no code of src, which compiles WebAssembly', () => {
    const values = inside('viewer/live')
      .filter(({ path }) => !path.startsWith(`${live}worker/`))
      .flatMap(({ path, imports }) =>
        imports.filter(({ to, isType }) => !isType && to.startsWith('src/')).map(({ to }) => `${path} -> ${to}`),
      );
    expect(values).toEqual([]);
  });

  it('of Rapier stand in one file', () => {
    const users = files.filter(({ packages }) => packages.some((name) => name.includes('rapier')));
    expect(users.map(({ path }) => path)).toEqual(['envs/sim/rapier.ts']);
  });

  it('of values inside src make chains of at most 9 files', () => {
    const own = inside('src');
    const graph = fileGraph(own, ({ to, isType, isDynamic }) => to.startsWith('src/') && !isType && !isDynamic);
    const chain = longestChain(graph);
    expect(chain.length, chain.join(' -> ')).toBeLessThanOrEqual(9);
  });
});

/** Where code may know the machine it runs on. */
const ofTheMachine = [
  /^src\/(run|queue|pages|probe|robots|cli|modules)\//,
  /^src\/rollout\/workers\//,
  // Of a sweep, the processes that make its runs.
  /^src\/sweep\/(child|children|kept|local|perform)\.ts$/,
  /^src\/(testing|index)\.ts$/,
  // Finds and loads native packages, when a run asks for one.
  /^src\/policy\/network\/tfjs-packages\.ts$/,
  // The text of a page's script.
  /^src\/report\/chart-script\.ts$/,
];

it.each(['envs', 'src'])(
  '%s knows no files, processes, consoles or pages, but for the rooms that are there for it',
  (folder) => {
    const strays = inside(folder)
      .filter(({ path }) => !ofTheMachine.some((room) => room.test(path)))
      .flatMap(({ path, packages, text }) => [
        ...packages.filter((name) => name.startsWith('node:')).map((name) => `${path}: ${name}`),
        ...(/\b(process|console|document|window)\./.exec(withoutComments(text)) ?? [])
          .slice(0, 1)
          .map((use) => `${path}: ${use}`),
      ]);
    expect(strays).toEqual([]);
  },
);

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
