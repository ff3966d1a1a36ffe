import { expect, it } from 'vitest';
import { sourceFiles } from './graph.ts';

/** Words that a reader would have to learn here, each with the field's own. */
const privateWords = {
  crew: 'pool',
  company: 'workers',
  desk: 'queue',
  hands: 'workers',
  helper: 'worker',
  parcel: 'packed episodes',
  ticket: 'episode queue',
  manner: 'runtime options',
  standing: 'progress',
  outlook: 'output',
  transplant: 'fork',
  mind: 'policy overlay',
  errand: 'job',
  crowd: 'instances',
  gauge: 'axis labels',
  lead: 'ghost path',
  judge: 'evaluation',
} as const;

const files = sourceFiles('envs', 'src', 'viewer');

/** A name's words: `createWorkerPool`, `worker-pool` and `WORKER_POOL` have the same. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.toLowerCase());
}

function privateOnes(name: string): string[] {
  return wordsOf(name).filter((word) =>
    Object.keys(privateWords).some((known) => word === known || word === `${known}s`),
  );
}

const exported = /^export\s+(?:async\s+)?(?:abstract\s+)?(?:const|let|function\*?|class|interface|type|enum)\s+(\w+)/gm;

it('files are named in the words of the field', () => {
  expect(files.filter(({ path }) => privateOnes(path).length).map(({ path }) => path)).toEqual([]);
});

it('what is exported is named in the words of the field', () => {
  const names = files.flatMap(({ path, text }) => [...text.matchAll(exported)].map(([, name]) => ({ path, name })));
  expect(names.length).toBeGreaterThan(500);
  const found = names.filter(({ name }) => privateOnes(name).length).map(({ path, name }) => `${path}: ${name}`);
  expect(found).toEqual([]);
});

it('nothing speaks of documents that a reader does not have', () => {
  const found = files.filter(({ text }) => /\bseed 00\d\b/.test(text)).map(({ path }) => path);
  expect(found).toEqual([]);
});
