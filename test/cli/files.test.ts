import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { append, makeFolder, read, writeWhole } from '../../src/run/files.ts';
import { lockFolder } from '../../src/run/lock.ts';
import { linesOfFirst } from '../../src/run/metrics.ts';
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
    ['none', 0, table, []],
    ['none of none', 0, '', []],
  ])('%s', (_, iteration, text, lines) => expect(linesOfFirst(iteration, text)).toEqual(lines));

  it.each([
    ['missing', 4, table],
    ['torn', 3, table.slice(0, -1)],
    ['no table', 1, ''],
  ])('null where they are %s', (_, iteration, text) => expect(linesOfFirst(iteration, text)).toBeNull());
});

describe('a lock', () => {
  const fresh = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const own = (path: string) => readdirSync(path).find((name) => name.startsWith('lock-')) as string;

  it('is held by one, and goes when it is released', () => {
    const path = fresh('held');
    const lock = lockFolder(path);
    expect(lock.held()).toBe(true);
    expect(() => lockFolder(path)).toThrow(`${path} is in use by process ${process.pid}`);
    lock.release();
    expect(lock.held()).toBe(false);
    lockFolder(path).release();
    expect(readdirSync(path)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'stands while its process lives, and is swept when that is dead or another',
    async () => {
      const path = fresh('dead');
      const lock = lockFolder(path);
      const mine = own(path);
      lock.release();
      const child = spawn('sleep', ['1000']);
      const start = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ')[21];
      const theirs = mine.replace(/\d+-\d+$/, `${child.pid}-${start}`);
      const reused = mine.replace(/\d+-\d+$/, `${child.pid}-${Number(start) - 1}`);
      // Numbers are given out again: a process that started at another time is another one.
      writeFileSync(join(path, reused), '');
      lockFolder(path).release();
      expect(readdirSync(path)).toEqual([]);
      writeFileSync(join(path, theirs), '');
      expect(() => lockFolder(path)).toThrow(`in use by process ${child.pid}`);
      expect(existsSync(join(path, theirs))).toBe(true);
      child.kill('SIGKILL');
      await once(child, 'exit');
      lockFolder(path).release();
      expect(readdirSync(path)).toEqual([]);
    },
  );

  it('of another machine stands until it was silent for long', () => {
    const path = fresh('elsewhere');
    const theirs = join(path, 'lock-elsewhere-1-77-123');
    writeFileSync(theirs, '');
    expect(() => lockFolder(path)).toThrow('in use by process 77');
    const longAgo = new Date(Date.now() - 11 * 60_000);
    utimesSync(theirs, longAgo, longAgo);
    lockFolder(path).release();
    expect(readdirSync(path)).toEqual([]);
  });
});
