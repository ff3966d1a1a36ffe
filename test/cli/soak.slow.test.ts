import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { start, temporaryFolder } from './armature.ts';

/** Run by hand: SOAK_MINUTES=30 npm run test:all -- test/cli/soak */
const minutes = Number(process.env.SOAK_MINUTES ?? 0);

const config = [
  '--set',
  'horizon=20',
  '--batch',
  '500',
  '--steps',
  '1000000000',
  '--reuse',
  '1',
  '--baseline',
  'value',
];
const folder = temporaryFolder();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The most memory that a process has used, MB. */
function peak(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function rows(run: string): string[] {
  return readFileSync(join(folder, run, 'metrics.csv'), 'utf8')
    .trimEnd()
    .split('\n');
}

it.runIf(minutes > 0)(
  'training that is killed, stopped and damaged for a long time reports what training in peace does',
  async () => {
    const train = ['train', 'panda-reach-joints', ...config, '--out'];
    const end = Date.now() + minutes * 60_000;
    const calm = start(folder, ...train, 'calm');
    const peaks: number[] = [];
    const counts: Record<string, number> = { SIGKILL: 0, SIGTERM: 0, 'SIGINT twice': 0, damaged: 0 };
    let troubled = start(folder, ...train, 'troubled');
    for (let k = 1; Date.now() < end; k++) {
      await sleep(Math.min(10_000 + 40_000 * ((k * 0.6180339887) % 1), end - Date.now()));
      peaks.push(peak(troubled.child.pid as number));
      const [how] = Object.entries(counts).sort(([, a], [, b]) => a - b)[0];
      counts[how]++;
      troubled.child.kill(how === 'SIGTERM' ? 'SIGTERM' : how === 'SIGINT twice' ? 'SIGINT' : 'SIGKILL');
      if (how === 'SIGINT twice') troubled.child.kill('SIGINT');
      const { stderr } = await troubled.closed;
      expect(stderr.replace(/^warning: .+; going on from an earlier checkpoint\n/, '')).toBe('');
      expect(readdirSync(join(folder, 'troubled'), { recursive: true }).length).toBeLessThan(15);
      if (how === 'damaged') truncateSync(join(folder, 'troubled', 'policy.safetensors'), 5000);
      troubled = start(folder, 'resume', 'troubled');
    }
    await sleep(10_000);
    const memory = peak(calm.child.pid as number);
    for (const { child, closed } of [calm, troubled]) {
      child.kill('SIGINT');
      expect(await closed).toMatchObject({ code: 130 });
    }
    const [one, other] = [rows('calm'), rows('troubled')];
    const common = Math.min(one.length, other.length);
    console.log({
      iterations: [one.length - 1, other.length - 1],
      counts,
      peaks: peaks.map(Math.round),
      calmPeak: memory,
    });
    expect(other.slice(0, common)).toEqual(one.slice(0, common));
    expect(other.slice(1).every((row, i) => row.startsWith(`${i + 1},`))).toBe(true);
    expect(Math.max(...peaks.slice(-3))).toBeLessThan(1.5 * Math.max(...peaks.slice(0, 3)));
  },
  (minutes + 5) * 60_000,
);
