import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRuns, type Run } from '../../src/compare/runs.ts';
import { ProcessPool } from '../../src/run/processes.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { samplePlan } from './sample.ts';

const folder = temporaryFolder();

/** A command line that does as the test says, in place of the real one. */
function script(name: string, body: string): string {
  const file = join(folder, `${name}.mjs`);
  const head = `import { appendFileSync } from 'node:fs'; const args = process.argv.slice(2);
    const seed = Number(args[0] === 'train' ? args[args.indexOf('--seed') + 1] : args[1].at(-1));`;
  const log = (what: string) => `appendFileSync(${JSON.stringify(join(folder, `${name}.log`))}, ${what} + '\\n');`;
  writeFileSync(file, `${head}\n${log("process.pid + ' ' + args.join(' ')")}\n${body}`);
  return file;
}

/** What was run, in order: process id and arguments. */
function logOf(name: string): string[] {
  return readFileSync(join(folder, `${name}.log`), 'utf8')
    .trim()
    .split('\n');
}

const print = (line: object) => `console.log(${JSON.stringify(JSON.stringify(line))});`;
const evaluated = (steps: number, rate: number | null) =>
  print({ type: 'progress', env_steps: steps, eval_success_rate: rate, eval_return: rate === null ? null : -1 });
const trained = print({ type: 'result', solved_at: 200, wall_s: 1.5, success_rate: 0.1, mean_return: -9 });
const evaluatedPolicy = print({ type: 'result', success_rate: 0.75, mean_return: -0.5 });
const works = `if (args[0] === 'train') { ${evaluated(100, null)} ${evaluated(200, 0.5)} ${trained} } else { ${evaluatedPolicy} }`;

const plan = samplePlan(['reinforce', 'other'], { seeds: 3 });
const noListener = { started: () => {}, progressed: () => {}, finished: () => {} };
const options = (pool: ProcessPool, jobs: number) => ({
  pool,
  jobs,
  folder: 'runs',
  trainArgs: (algorithm: string) => ['task', '--algorithm', algorithm],
  listener: noListener,
});
const runsOf = (main: string, jobs: number) => makeRuns(plan, options(new ProcessPool(main), jobs));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('runs', () => {
  it('are trained, judged on fresh goals, and read from the JSON lines, whatever the number at a time', async () => {
    const main = script('works', works);
    const runs = await runsOf(main, 1);
    expect(runs.map(({ algorithm, seed }) => `${algorithm} ${seed}`)).toEqual(
      ['reinforce', 'other'].flatMap((name) => [0, 1, 2].map((seed) => `${name} ${seed}`)),
    );
    const expected: Run = {
      algorithm: 'reinforce',
      seed: 0,
      evaluations: [{ steps: 200, success_rate: 0.5, return: -1 }],
      solvedAt: 200,
      meanReturn: -0.5,
      successRate: 0.75,
      wall: 1.5,
    };
    expect(runs[0]).toEqual(expected);
    const commands = logOf('works').map((line) => line.replace(/^\d+ /, ''));
    const run = join('runs', 'reinforce-s0');
    expect(commands.slice(0, 3)).toEqual([
      `train task --algorithm reinforce --seed 0 --out ${run} --workers 1 --json`,
      `eval ${run} --episodes 500 --seed 11 --json`,
      `train task --algorithm other --seed 0 --out ${join('runs', 'other-s0')} --workers 1 --json`,
    ]);
    // Every seed has goals of its own, and the same ones with every algorithm.
    const judged = commands.flatMap((line) => /^eval (\S+) .*--seed (\d+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
    const places = ['reinforce', 'other'].flatMap((name) => [0, 1, 2].map((seed) => [name, seed] as const));
    expect(judged.sort()).toEqual(
      places.map(([name, seed]) => `${join('runs', `${name}-s${seed}`)} ${11 + seed}`).sort(),
    );
    expect(await runsOf(main, 4)).toEqual(runs);
  });

  it('go on no more than so many at a time', async () => {
    const main = script('busy', `setTimeout(() => { ${works} }, 40);`);
    let [now, most] = [0, 0];
    const listener = {
      ...noListener,
      started: () => {
        most = Math.max(most, ++now);
      },
      finished: () => {
        now--;
      },
    };
    await makeRuns(plan, { ...options(new ProcessPool(main), 3), listener });
    expect([now, most]).toEqual([0, 3]);
  });

  it('fail with the message of the one that failed, and the others end with it', async () => {
    const fails = `if (seed === 1) { console.error('warning: x'); console.error('error: no luck'); process.exit(1); }`;
    const main = script('fails', `${fails} setInterval(() => {}, 1000);`);
    const quick = script('quick', `if (seed === 0) { ${works} } else { ${fails} ${works} }`);
    await expect(runsOf(quick, 1)).rejects.toThrow('reinforce seed 1 failed: no luck');
    // Seed by seed, one algorithm after the other, and nothing after the failure.
    expect(logOf('quick').length).toBe(2 * 2 + 1);
    // Three at a time: two that would never end, and the one that fails.
    await expect(runsOf(main, 3)).rejects.toThrow('reinforce seed 1 failed: no luck');
    expect(logOf('fails').length).toBeLessThanOrEqual(3);
    for (const line of logOf('fails')) expect(isAlive(Number(line.split(' ')[0]))).toBe(false);
  });

  it.each([
    ['ended with exit code 3', 'process.exit(3)'],
    ['ended by SIGKILL', "process.kill(process.pid, 'SIGKILL')"],
    ['its return is not a number', print({ type: 'result', mean_return: null })],
    ['its return is not a number', 'process.stdout.write(\'{"type":\')'],
    ['out of memory', "console.error('out of memory\\n'); process.exit(1)"],
  ])('that end oddly fail: %s', async (message, body) => {
    const main = script(`odd${message.length}`, body);
    await expect(runsOf(main, 1)).rejects.toThrow(`reinforce seed 0 failed: ${message}`);
  });

  it('that are stopped are no failures, and those that finished are kept', async () => {
    const main = script('stops', `if (seed === 0) { ${works} } else setInterval(() => {}, 1000);`);
    const pool = new ProcessPool(main);
    /** Both of seed 0 trained and judged, and both of seed 1 there for good. */
    const processes = 6;
    const begun = () => (existsSync(join(folder, 'stops.log')) ? logOf('stops').length : 0);
    const timer = setInterval(() => {
      if (begun() === processes) pool.stop();
    }, 20);
    const runs = await makeRuns(plan, options(pool, 2));
    clearInterval(timer);
    expect(pool.stopped).toBe(true);
    expect(runs.map(({ algorithm, seed }) => `${algorithm} ${seed}`)).toEqual(['reinforce 0', 'other 0']);
    expect(begun()).toBe(processes);
    for (const line of logOf('stops')) expect(isAlive(Number(line.split(' ')[0]))).toBe(false);
  });
});
