import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { append, makeFolder, read, sweep, writeWhole } from '../../src/run/files.ts';
import { linesUpTo } from '../../src/run/metrics.ts';
import { temporaryFolder } from './armature.ts';
import { smallDisk } from './small-disk.ts';

const folder = temporaryFolder();

describe('writing', () => {
  it('makes the folders on the way, and replaces what is there', () => {
    const file = join(folder, 'a', 'b', 'c.txt');
    writeWhole(file, 'one');
    writeWhole(file, 'two');
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.txt']);
  });

  it.runIf(process.platform === 'linux')('says so where no folder can be made, as in /proc', () => {
    expect(() => writeWhole('/proc/none/deeper/x', '')).toThrow(/^cannot write \/proc\/none\/deeper\/x: /);
    expect(() => makeFolder('/dev/null/x')).toThrow('found a file on the way');
  });

  it('leaves a file as it was where only a part would fit', (context) => {
    const { path, fill } = smallDisk(context, '64k');
    const file = join(path, 'file');
    writeWhole(file, 'old');
    append(file, ' text');
    fill(4096);
    expect(() => append(file, 'x'.repeat(20_000))).toThrow('the disk is full');
    expect(() => writeWhole(file, 'x'.repeat(20_000))).toThrow('the disk is full');
    expect(readFileSync(file, 'utf8')).toBe('old text');
    expect(readdirSync(path)).toEqual(['file', 'filler']);
  });
});

describe('reading', () => {
  it.runIf(process.platform !== 'win32')('refuses what never ends, or never begins', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(read(pipe)).rejects.toThrow('expected a file, found a device or a pipe');
    await expect(read('/dev/zero')).rejects.toThrow('expected a file, found a device or a pipe');
  });
});

describe('the lines of a table up to an iteration', () => {
  const heading = 'iteration,steps,eval';
  const table = `${heading}\n1,10,\n2,20,0.5\n3,30,\n`;
  it.each([
    ['all there are', 3, table, [heading, '1,10,', '2,20,0.5', '3,30,']],
    ['cut back', 1, table, [heading, '1,10,']],
    ['without a torn one', 2, table.slice(0, -2), [heading, '1,10,', '2,20,0.5']],
    ['of a table that begins later', 8, 'iteration,steps\n7,1\n8,2\n9,3\n', ['iteration,steps', '7,1', '8,2']],
    ['none', 0, table, []],
    ['none of none', 0, '', []],
  ])('%s', (_, iteration, text, lines) => expect(linesUpTo(iteration, text)).toEqual(lines));

  it.each([
    ['missing', 4, table],
    ['torn', 3, table.slice(0, -1)],
    ['no table', 1, ''],
  ])('none where they are %s', (_, iteration, text) => expect(linesUpTo(iteration, text)).toEqual([]));
});

it('what a process left unfinished that was killed goes with the next, and nothing else', () => {
  const runs = join(folder, 'runs');
  const left = ['unfinished.12.tmp', 'unfinished.12.tmp.old', 'ppo-s0.unfinished'];
  for (const name of [...left, 'ppo-s0', 'unfinished-s0']) writeWhole(join(runs, name, 'config.json'), '{}');
  sweep(runs);
  expect(readdirSync(runs).sort()).toEqual(['ppo-s0', 'unfinished-s0']);
});
