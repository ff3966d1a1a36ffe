import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { armature, contents, inPairs, start, startWith, temporaryFolder } from './armature.ts';

/** KILLS=100 npm run test:all -- test/cli/kills */
const kills = Number(process.env.KILLS ?? 30);
/** For so long a run waits for the lock of one that was killed, ms. */
const lockPatience = 3000;
const folder = temporaryFolder();

const reach = 'panda-reach-joints';
/** Runs that write often and keep everything there is to keep: reused batches, a value network, an adapted penalty. */
const kinds: Readonly<Record<string, readonly string[]>> = {
  reinforce: [reach, '--algorithm', 'reinforce', '--reuse', '2', '--batch', '150', '--checkpoint-every', '1'],
  ppo: [
    ...[reach, '--algorithm', 'ppo', '--surrogate', 'kl', '--baseline', 'value'],
    ...['--batch', '200', '--checkpoint-every', '3'],
  ],
  trpo: [reach, '--algorithm', 'trpo', '--policy', 'full', '--batch', '100', '--checkpoint-every', '4'],
  // Hands that begin by a cube, which they then push: each episode in a world of contacts of its own.
  pushing: [
    ...['panda-push', '--algorithm', 'ppo', '--set', 'reward=shaped', '--assisted-starts', '0.6'],
    ...['--batch', '200', '--checkpoint-every', '3'],
  ],
};
const common = ['--set', 'horizon=6', '--hidden-width', '12', '--steps', '2000', '--eval-every', '400', '--json'];
const trainArgs = (kind: string) => ['train', ...kinds[kind], ...common];

/** A number in [0, 1) that looks random and is the same every time. */
const chance = (k: number) => (k * 0.6180339887) % 1;

/** Lets a command run for so many ms, then kills it. Whether it was still running. */
async function killAfter(ms: number, args: readonly string[]): Promise<boolean> {
  const { child, closed } = start(folder, ...args);
  const timer = setTimeout(() => child.kill('SIGKILL'), ms);
  const { code, stderr } = await closed;
  clearTimeout(timer);
  expect(stderr).toBe('');
  return code === null;
}

/** What goes on with a run: resuming, or starting where it did not come as far as to say what it is. */
function goOn(kind: string, out: string, workers = 2): string[] {
  const begun = existsSync(join(folder, out, 'config.json'));
  return [...(begun ? ['resume', out, '--json'] : [...trainArgs(kind), '--out', out]), '--workers', String(workers)];
}

describe.each(Object.keys(kinds))('%s, killed at random moments', (kind) => {
  it('comes to the bytes of a run that was not', async () => {
    const begun = performance.now();
    expect(await armature(folder, ...trainArgs(kind), '--out', kind)).toMatchObject({ code: 0, stderr: '' });
    const duration = performance.now() - begun;
    const expected = contents(join(folder, kind));
    const wanted = Math.ceil(kills / Object.keys(kinds).length);
    let [done, attempts] = [0, 0];
    const one = async (out: string) => {
      // Three times, that is also while it resumes; at any moment, also before its folder is there or while it ends.
      for (let times = 0; times < 3; times++) {
        const wait = existsSync(join(folder, out, 'lock')) ? lockPatience : 0;
        const moment = wait + duration * (0.2 + 0.8 * chance(++attempts));
        if (await killAfter(moment, goOn(kind, out, 1 + (attempts % 3)))) done++;
      }
      expect(await armature(folder, ...goOn(kind, out))).toMatchObject({ code: 0, stderr: '' });
      expect(contents(join(folder, out)), out).toEqual(expected);
    };
    for (let k = 0; done < wanted; k += 2) await inPairs([`${kind}-${k}`, `${kind}-${k + 1}`], one);
    console.log(`${kind}: ${done} kills`);
  });
});

/** Ways to end a run, and the exit codes it may then have. */
const codes = {
  SIGHUP: [0, 129],
  SIGINT: [0, 130],
  SIGTERM: [0, 143],
  SIGKILL: [0, null],
  'closed reader': [0],
  'full disk': [1],
} as const;
const endings = Object.keys(codes) as (keyof typeof codes)[];

it('however it ends, at whatever moment, a run comes to the bytes of one that did not', async () => {
  const args = [...trainArgs('ppo'), '--workers', '1', '--out'];
  const begun = performance.now();
  expect(await armature(folder, ...args, 'peace')).toMatchObject({ code: 0 });
  const duration = performance.now() - begun;
  const expected = contents(join(folder, 'peace'));
  const counts: Record<string, number> = {};
  await inPairs(
    Array.from({ length: Math.ceil(0.6 * kills) }, (_, k) => k),
    async (k) => {
      const [ending, out] = [endings[k % endings.length], `ended-${k}`];
      const full = ending === 'full disk' && existsSync('/dev/full') ? openSync('/dev/full', 'w') : null;
      const { child, closed } = startWith({ stdout: full ?? 'pipe' }, folder, ...args, out);
      if (full !== null) closeSync(full);
      const timer = setTimeout(
        () => {
          if (ending === 'closed reader') child.stdout?.destroy();
          else if (ending !== 'full disk') child.kill(ending);
        },
        duration * (0.1 + 0.9 * chance(k + 1)),
      );
      const { code, stderr } = await closed;
      clearTimeout(timer);
      const isBegun = existsSync(join(folder, out, 'config.json'));
      // A signal may come when the run is done, or before the process listens.
      expect([...codes[ending], ...(isBegun ? [] : [null])], `${ending}: ${stderr}`).toContain(code);
      if (code !== 0) counts[ending] = (counts[ending] ?? 0) + 1;
      // What was killed before it came as far as to say what it is begins again.
      const again = isBegun ? ['resume', out] : [...args, out];
      expect(await armature(folder, ...again)).toMatchObject({ code: 0, stderr: '' });
      expect(contents(join(folder, out)), `${out} ${ending}`).toEqual(expected);
    },
  );
  console.log(counts);
});

it('Ctrl-C twice stops at once, in the middle of an iteration as between two, and loses nothing', async () => {
  const args = [...trainArgs('reinforce'), '--out'];
  expect(await armature(folder, ...args, 'calm')).toMatchObject({ code: 0 });
  const expected = contents(join(folder, 'calm'));
  await inPairs([0, 1, 2, 3], async (k) => {
    const out = `hurried-${k}`;
    const { child, closed, firstLine } = start(folder, ...args, out);
    await firstLine;
    await new Promise((resolve) => setTimeout(resolve, 100 * chance(k)));
    child.kill('SIGINT');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await closed;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    // One that did not come as far as to take in the second had finished, and saved, by then.
    expect(stdout.includes('"result"') || !existsSync(join(folder, out, 'rollouts.safetensors'))).toBe(true);
    expect(await armature(folder, 'resume', out)).toMatchObject({ code: 0 });
    expect(contents(join(folder, out))).toEqual(expected);
  });
});
