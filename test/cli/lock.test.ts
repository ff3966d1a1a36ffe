import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/run/lock.ts';
import { temporaryFolder } from './armature.ts';
import { smallDisk } from './small-disk.ts';

const folder = temporaryFolder();
const fresh = (name: string) => {
  mkdirSync(join(folder, name));
  return join(folder, name);
};
const inUse = 'is in use by a process that is still running';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A process that locks the folder, says `locked` or why not, then keeps its main thread busy until it is told to say `held`. */
const program = `
import { lockFolder } from ${JSON.stringify(new URL('../../dist/src/run/lock.js', import.meta.url).href)};
import { existsSync } from 'node:fs';
const [folder] = process.argv.slice(1);
const lock = await lockFolder(folder).catch((error) => {
  console.log(error.message);
  process.exit();
});
process.stdout.write('locked\\n');
const nap = new Int32Array(new SharedArrayBuffer(4));
while (!existsSync(folder + '.ask')) Atomics.wait(nap, 0, 0, 50);
process.stdout.write('held ' + lock.held() + '\\n', () => process.exit());
`;

/** @param wrapper a command that runs the process, as \`unshare\` */
function locker(path: string, ...wrapper: readonly string[]) {
  const command = [...wrapper, process.execPath, '--input-type=module', '-e', program, path];
  // A group of its own: the command that runs the process would outlive it.
  const child = spawn(command[0], command.slice(1), { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines: string[] = [];
  child.stdout.on('data', (chunk) => lines.push(...String(chunk).split('\n').filter(Boolean)));
  const closed = once(child, 'close');
  const said = async (words: string) => {
    while (!lines.some((line) => line.includes(words))) await sleep(20);
  };
  const signal = (name: NodeJS.Signals) => process.kill(-(child.pid as number), name);
  return { said, signal, lines, closed };
}

/** Locks the folder, and tells how many seconds that took. */
async function timed(path: string): Promise<number> {
  const start = performance.now();
  (await lockFolder(path)).release();
  return (performance.now() - start) / 1000;
}

describe.concurrent('a lock', () => {
  it('is held by one, and goes when it is released', async () => {
    const path = fresh('held');
    const lock = await lockFolder(path);
    expect(lock.held()).toBe(true);
    expect(readdirSync(path)).toEqual(['lock']);
    await expect(lockFolder(path)).rejects.toThrow(`${path} ${inUse}`);
    lock.release();
    expect(lock.held()).toBe(false);
    expect(await timed(path)).toBeLessThan(0.5);
    expect(readdirSync(path)).toEqual([]);
  });

  it('stands while its process lives, however busy that is, and not for longer than 3 s after it was killed', async () => {
    const path = fresh('killed');
    const { said, signal, closed } = locker(path);
    await said('locked');
    await sleep(3500);
    await expect(lockFolder(path)).rejects.toThrow(inUse);
    signal('SIGKILL');
    await closed;
    expect(existsSync(join(path, 'lock'))).toBe(true);
    const seconds = await timed(path);
    expect(seconds).toBeGreaterThan(2.9);
    expect(seconds).toBeLessThan(4);
    expect(readdirSync(path)).toEqual([]);
  });

  const canUnshare = (() => {
    try {
      execFileSync('unshare', ['-pfu', '--mount-proc', 'true'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();

  it.runIf(canUnshare).each([
    ['of the same host name', ['unshare', '-pf', '--mount-proc']],
    ['of another host name', ['unshare', '-pfu', '--mount-proc', 'sh', '-c', 'hostname elsewhere; exec "$0" "$@"']],
  ])('of a container %s is heeded and outlived alike, from inside and from outside', async (name, wrapper) => {
    const path = fresh(`container ${name}`);
    const inside = locker(path, ...wrapper);
    await inside.said('locked');
    await expect(lockFolder(path)).rejects.toThrow(inUse);
    const neighbour = locker(path, ...wrapper);
    await neighbour.said(inUse);
    inside.signal('SIGKILL');
    await inside.closed;
    expect(await timed(path)).toBeLessThan(4);
    const lock = await lockFolder(path);
    const another = locker(path, ...wrapper);
    await another.said(inUse);
    lock.release();
  });

  it('of a dead process goes to one of several that want it at once', async () => {
    const path = fresh('several');
    writeFileSync(join(path, 'lock'), 'of a process that is dead');
    const all = Array.from({ length: 5 }, () => locker(path));
    await Promise.all(all.map(({ said }) => said('')));
    expect(all.filter(({ lines }) => lines.includes('locked')).length).toBe(1);
    writeFileSync(`${path}.ask`, '');
    await Promise.all(all.map(({ closed }) => closed));
    expect(all.flatMap(({ lines }) => lines).filter((line) => line.startsWith('held'))).toEqual(['held true']);
    expect(readdirSync(path)).toEqual([]);
  });

  it('is lost by a process that stands still, which finds that out', async () => {
    const path = fresh('still');
    const { said, signal, closed } = locker(path);
    await said('locked');
    signal('SIGSTOP');
    await sleep(2000);
    const lock = await lockFolder(path);
    signal('SIGCONT');
    writeFileSync(`${path}.ask`, '');
    await said('held false');
    await closed;
    expect(lock.held()).toBe(true);
    lock.release();
  });

  it.each([
    ['an hour ahead', 3600, 2.9, 4],
    ['an hour ago', -3600, 0, 2],
  ])('dated %s is judged by whether it changes', async (when, offset, least, most) => {
    const path = fresh(`dated ${when}`);
    const date = () => new Date(Date.now() + offset * 1000);
    const touch = () => utimesSync(join(path, 'lock'), date(), date());
    writeFileSync(join(path, 'lock'), 'of another machine');
    touch();
    const beating = setInterval(touch, 500);
    await expect(lockFolder(path)).rejects.toThrow(inUse);
    clearInterval(beating);
    const seconds = await timed(path);
    expect(seconds).toBeGreaterThan(least);
    expect(seconds).toBeLessThan(most);
  });

  it.each(['future', 'past', 'link'])(
    'that nobody holds, forged by another container (%s), is taken over',
    async (kind) => {
      const path = fresh(`forged ${kind}`);
      const file = join(path, 'lock');
      const forged = JSON.stringify({ pid: 2 ** 22 + 1, host: 'elsewhere', start: Date.now() });
      if (kind === 'link') symlinkSync('nowhere', file);
      else writeFileSync(file, forged);
      const when = new Date(Date.now() + (kind === 'future' ? 1 : -1) * 30 * 24 * 3600 * 1000);
      if (kind !== 'link') utimesSync(file, when, when);
      const lock = await lockFolder(path);
      expect(lock).toMatchObject({ isTakenOver: true });
      expect(lock.held()).toBe(true);
      lock.release();
      expect((await lockFolder(fresh(`free ${kind}`))).isTakenOver).toBe(false);
    },
  );

  it('of an earlier version, and what was left of one, are swept', async () => {
    const path = fresh('old');
    writeFileSync(join(path, 'lock-machine-4026531836-77-123'), '');
    writeFileSync(join(path, 'lock.00000000-1111-2222-3333-444444444444'), '');
    expect(await timed(path)).toBeLessThan(0.5);
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('a folder that is read-only', () => {
  it('cannot be locked, whether there is a lock or not', async (context) => {
    const { path, remount } = smallDisk(context, '64k');
    mkdirSync(join(path, 'none'));
    mkdirSync(join(path, 'dead'));
    writeFileSync(join(path, 'dead', 'lock'), 'dead');
    remount('ro');
    for (const name of ['none', 'dead']) {
      await expect(lockFolder(join(path, name))).rejects.toThrow(
        `cannot write in the folder ${join(path, name)}: the file system is read-only`,
      );
    }
  });

  it('leaves a lock that was taken before with its process', async (context) => {
    const { path, remount } = smallDisk(context, '64k');
    const lock = await lockFolder(path);
    remount('ro');
    await sleep(4000);
    expect(lock.held()).toBe(true);
    await expect(lockFolder(path)).rejects.toThrow('the file system is read-only');
    remount('rw');
    await sleep(1000);
    await expect(lockFolder(path)).rejects.toThrow(inUse);
    lock.release();
    expect(readdirSync(path)).toEqual([]);
  });
});

it('the program of these tests is built', () => {
  expect(existsSync(fileURLToPath(new URL('../../dist/src/run/lock.js', import.meta.url)))).toBe(true);
});
