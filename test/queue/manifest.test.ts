import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunkBytes, chunksOf, digestOfRun, isJobFile, manifestSchema } from '../../src/queue/manifest.ts';
import { type KnownDigests, manifestOf, readChunk, snapshot } from '../../src/queue/snapshot.ts';

const digest = 'a'.repeat(64);

describe('a manifest', () => {
  it.each(['config.json', 'checkpoints/00000012.safetensors', 'recordings/000003.safetensors', 'result-at-500.json'])(
    'may have %s',
    (path) => expect(isJobFile(path)).toBe(true),
  );

  it.each([
    '../config.json',
    '/etc/passwd',
    'checkpoints/../../config.json',
    'checkpoints\\best.safetensors',
    'C:/config.json',
    'checkpoints/12.safetensors',
    'checkpoints/00000NaN.safetensors',
    'config.json/x',
    'lock',
    'package.json',
    '',
    '__proto__',
    'config.json\0',
  ])('may not have %j', (path) => {
    expect(isJobFile(path)).toBe(false);
    expect(v.safeParse(manifestSchema, [{ path, size: 1, digest }]).success).toBe(false);
  });

  it.each([
    ['a negative size', { path: 'config.json', size: -1, digest }],
    ['a size that is no number', { path: 'config.json', size: null, digest }],
    ['a size beyond all', { path: 'config.json', size: 2 ** 31, digest }],
    ['a digest of other letters', { path: 'config.json', size: 1, digest: 'x'.repeat(64) }],
    ['another field', { path: 'config.json', size: 1, digest, mode: 0o777 }],
  ])('has nothing with %s', (_, file) => {
    expect(v.safeParse(manifestSchema, [file]).success).toBe(false);
  });

  it('has no file twice, and no more in all than a run has', () => {
    const file = { path: 'config.json', size: 1, digest };
    expect(v.safeParse(manifestSchema, [file]).success).toBe(true);
    expect(v.safeParse(manifestSchema, [file, file]).success).toBe(false);
    const large = ['config.json', 'meshes.safetensors'].map((path) => ({ path, size: 2 ** 30, digest }));
    expect(v.safeParse(manifestSchema, large.slice(1)).success).toBe(true);
    expect(v.safeParse(manifestSchema, large).success).toBe(false);
  });

  it('names a run by its bytes, and not by how long it took', () => {
    const files = [{ path: 'config.json', size: 1, digest }];
    const timed = [...files, { path: 'timing.json', size: 9, digest: 'b'.repeat(64) }];
    expect(digestOfRun(timed)).toBe(digestOfRun(files));
    expect(digestOfRun([{ ...files[0], digest: 'b'.repeat(64) }])).not.toBe(digestOfRun(files));
  });
});

describe('a snapshot of a run', () => {
  let run: string;
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'armature-snapshot-'));
    mkdirSync(join(run, 'checkpoints'));
    writeFileSync(join(run, 'policy.safetensors'), 'policy 1');
    writeFileSync(join(run, 'metrics.csv'), 'heading\n1\n');
    writeFileSync(join(run, 'checkpoints/best.safetensors'), Buffer.alloc(chunkBytes + 5, 7));
    writeFileSync(join(run, 'lock'), 'token');
    writeFileSync(join(run, 'unfinished.1.tmp'), 'half');
  });
  afterEach(() => {
    for (const each of [run, `${run}.snapshot`]) rmSync(each, { recursive: true, force: true });
  });

  it('has the files of a run, and stays as it is while the run goes on', () => {
    const aside = `${run}.snapshot`;
    expect(snapshot(run, aside)).toBe(true);
    writeFileSync(join(run, 'metrics.csv'), 'heading\n1\n2\n');
    writeFileSync(join(run, 'next'), 'policy 2');
    renameSync(join(run, 'next'), join(run, 'policy.safetensors'));
    expect(readFileSync(join(aside, 'policy.safetensors'), 'utf8')).toBe('policy 1');
    expect(readFileSync(join(aside, 'metrics.csv'), 'utf8')).toBe('heading\n1\n');
    expect(existsSync(join(aside, 'lock'))).toBe(false);
    const files = manifestOf(aside);
    expect(files.map(({ path }) => path)).toEqual([
      'policy.safetensors',
      'checkpoints/best.safetensors',
      'metrics.csv',
    ]);
    const large = files[1];
    expect(chunksOf(large)).toEqual([`${large.digest}:0`, `${large.digest}:1`]);
    expect(readChunk(join(aside, large.path), 1)).toEqual(Buffer.alloc(5, 7));
  });

  it('reads no file twice that is the same', () => {
    const known: KnownDigests = new Map();
    const files = manifestOf(run, known);
    for (const identity of known.keys()) known.set(identity, digest);
    expect(manifestOf(run, known).map((file) => file.digest)).toEqual(files.map(() => digest));
    writeFileSync(join(run, 'policy.safetensors'), 'another policy');
    expect(manifestOf(run, known).filter((file) => file.digest !== digest)).toHaveLength(1);
  });
});
