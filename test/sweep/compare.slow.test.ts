import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkSeal } from '../../envs/recording/checksum.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { launch } from '../browser/chromium.ts';
import {
  armature,
  expectRefusals,
  jsonLines,
  type Outcome,
  type Refusal,
  start,
  temporaryFolder,
} from '../cli/armature.ts';

const folder = temporaryFolder();
const names = Object.keys(algorithms);
const [first] = names;
const tiny = ['--set', 'horizon=6', '--steps', '120', '--goals', '8'] as const;
const training = ['--', '--hidden-width', '4', '--batch', '40', '--eval-every', '40', '--gamma', '0.5'] as const;

const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const resultsIn = (out: string) => json(out, 'results.json');

describe('compare', () => {
  let told: Outcome;
  let wide: Outcome;

  beforeAll(async () => {
    // Every algorithm, two at a time and one by one.
    const args = ['compare', '--env', 'panda-reach-joints', '--seeds', '1', ...tiny];
    [told, wide] = await Promise.all([
      armature(folder, ...args, '--jobs', '2', '--out', 'two', '--tensorboard', ...training),
      armature(folder, ...args, '--jobs', '1', '--out', 'one', '--json', ...training),
    ]);
  }, 120_000);

  it('runs every algorithm, prints the table, and says where the report is', () => {
    expect(told).toMatchObject({ code: 0, stderr: '' });
    for (const name of names) {
      expect(told.stdout).toMatch(
        new RegExp(`^\\d of ${names.length}  ${name} seed 0  not solved  success .+  return `, 'm'),
      );
      expect(told.stdout).toMatch(new RegExp(`^  ${name} +0 of 1  never +`, 'm'));
    }
    expect(told.stdout).toContain(`Report: ${join('two', 'report.html')}`);
    expect(readdirSync(join(folder, 'two')).sort()).toEqual([
      ...['plan.json', 'replay.html', 'report.html', 'results.json', 'runs', 'timing.json'],
    ]);
    expect(readdirSync(join(folder, 'two', 'runs')).sort()).toEqual(names.map((name) => `${name}-s0`).sort());
  });

  it('has every run write for TensorBoard if asked, and no run else', () => {
    const events = (out: string, name: string) =>
      readdirSync(join(folder, out, 'runs', `${name}-s0`)).filter((file) => file.startsWith('events.out.tfevents'));
    for (const name of names) expect([events('two', name).length, events('one', name).length]).toEqual([1, 0]);
  });

  it('prints one line of JSON if asked, and the progress to stderr', () => {
    expect(wide.code).toBe(0);
    const [result, ...more] = jsonLines(wide.stdout);
    expect(more).toEqual([]);
    expect(result).toMatchObject({ type: 'result', report: join('one', 'report.html'), steps: 120, seeds: [0] });
    const results = resultsIn('one');
    expect(result.wall).toEqual(json('one', 'timing.json').wall);
    expect((result.algorithms as { name: string }[]).map(({ name }) => name)).toEqual(names);
    expect(result.algorithms).toMatchObject(
      results.algorithms.map(({ return: found }: { return: object }) => ({ return: found })),
    );
    expect(wide.stderr).toContain(`${names.length} of ${names.length}  `);
  });

  it('gives the same report whatever the number of jobs, and says apart how long it took', async () => {
    for (const file of ['results.json', 'report.html', 'replay.html']) {
      const [one, two] = ['one', 'two'].map((out) => readFileSync(join(folder, out, file)));
      expect(two.equals(one), file).toBe(true);
    }
    expect(['two', 'one'].map((out) => json(out, 'timing.json').jobs)).toEqual([2, 1]);
    for (const name of names) {
      for (const file of ['policy.safetensors', 'metrics.csv']) {
        const read = (out: string) => readFileSync(join(folder, out, 'runs', `${name}-s0`, file));
        expect(read('two').equals(read('one')), `${name} ${file}`).toBe(true);
      }
    }
    expect(await checkSeal(readFileSync(join(folder, 'one', 'results.json')))).toBe('intact');
    expect(resultsIn('one').command).toBe(
      'npx armature compare --env panda-reach-joints --seeds 1 --set horizon=6 --steps 120 --goals 8 -- --hidden-width 4 --batch 40 --eval-every 40 --gamma 0.5',
    );
  });

  it('passes on the options, and takes its figures from the runs', async () => {
    const results = resultsIn('two');
    for (const { name, runs, options, ...found } of results.algorithms) {
      const run = join('two', 'runs', `${name}-s0`);
      const config = JSON.parse(readFileSync(join(folder, run, 'config.json'), 'utf8'));
      expect(config).toMatchObject({ algorithm: name, seed: 0, steps: 120, options, env: { options: { horizon: 6 } } });
      expect(options).toMatchObject({ hiddenWidth: 4, batch: 40, gamma: 0.5 });
      const [head, ...lines] = readFileSync(join(folder, run, 'metrics.csv'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split(','));
      const at = (line: string[], column: string) => Number(line[head.indexOf(column)]);
      const evaluated = lines.filter((line) => line[head.indexOf('eval_return')] !== '');
      expect(evaluated.length).toBeGreaterThan(1);
      expect(runs[0].evaluations).toEqual(
        evaluated.map((line) => ({
          steps: at(line, 'env_steps'),
          success_rate: at(line, 'eval_success_rate'),
          return: at(line, 'eval_return'),
        })),
      );
      if (name !== first) continue;
      const judged = await armature(folder, 'eval', run, '--episodes', '8', '--seed', '11', '--json');
      const [{ mean_return, success_rate }] = jsonLines(judged.stdout);
      expect(runs[0]).toMatchObject({ return: mean_return, success_rate });
      expect(found.return.value).toBe(mean_return);
    }
  });

  it('writes a report that opens from the disk without an error and has the curves', async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('console', (message) => errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`file://${join(folder, 'two', 'report.html')}`);
      expect(await page.locator('canvas').count()).toBe(2);
      const results = resultsIn('two');
      const means = await page.evaluate<unknown>(`report.plots[1].data.slice(-${names.length})`);
      expect(means).toEqual(
        results.algorithms.map(({ curves }: { curves: { return: { iqm: unknown } } }) => curves.return.iqm),
      );
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

describe('compare, stopped by', () => {
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  /** Starts a long one, and waits until both of its runs write. */
  async function begin(out: string) {
    const args = ['--env', 'panda-reach-joints', '--algorithms', first, '--set', 'horizon=6', '--steps', '100000000'];
    const comparison = start(folder, 'compare', ...args, '--jobs', '2', '--out', out);
    const tables = [0, 1].map((seed) => join(folder, out, 'runs', `${first}-s${seed}`, 'metrics.csv'));
    while (!tables.every((table) => existsSync(table))) await sleep(50);
    return { ...comparison, written: () => readFileSync(tables[0], 'utf8') };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s, ends its runs, says what was finished, and exits with %d', async (signal, expected) => {
    const { child, closed, written } = await begin(signal);
    child.kill(signal);
    const { code, stdout, stderr } = await closed;
    expect({ code, stderr }).toEqual({ code: expected, stderr: '' });
    expect(stdout).toContain('Stopped: 0 of 10 runs finished. There is no report.');
    const before = written();
    await sleep(300);
    expect(written()).toBe(before);
    expect(existsSync(join(folder, signal, 'report.html'))).toBe(false);
  });

  it('SIGKILL, leaves no runs behind', async () => {
    const { child, closed, written } = await begin('killed');
    child.kill('SIGKILL');
    await closed;
    // Each saves what it has, then ends.
    await expect.poll(() => existsSync(join(folder, 'killed', 'runs', `${first}-s0`, 'lock'))).toBe(false);
    const before = written();
    await sleep(300);
    expect(written()).toBe(before);
  });

  it('a run that fails, says so in one line and exits 1', async () => {
    // A network whose run is too large for any file.
    const large = ['--', '--hidden-width', '4096', '--hidden-layers', '16'];
    // Of one seed it is the last run as well.
    for (const seeds of ['2', '1']) {
      const out = `failed-${seeds}`;
      const args = ['--env', 'panda-reach-joints', '--algorithms', first, '--seeds', seeds, ...tiny, '--jobs', '1'];
      const { code, stderr } = await armature(folder, 'compare', ...args, '--out', out, ...large);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^error: \w+ seed 0 failed: .+\n$/) });
      expect(existsSync(join(folder, out, 'report.html'))).toBe(false);
    }
  });
});

describe('compare refuses, before anything starts,', () => {
  const cases: readonly Refusal[] = [
    [2, "'--env <name>'"],
    [2, 'unknown environment "juggling"', '--env', 'juggling'],
    [2, 'unknown algorithm "alchemy"', '--env', 'reacher', '--algorithms', `${first},alchemy`],
    [2, 'unknown algorithm ""', '--env', 'reacher', '--algorithms', `${first},`],
    [2, 'names one twice', '--env', 'reacher', '--algorithms', `${first},${first}`],
    [2, 'does not run on arm "planar"', '--env', 'panda-reach', '--arm', 'planar'],
    [2, 'has no option "wind"', '--env', 'reacher', '--set', 'wind=1'],
    [2, '--seeds', '--env', 'reacher', '--seeds', '0'],
    [2, '20:30', '--env', 'reacher', '--seeds', '30:20'],
    [2, '--jobs', '--env', 'reacher', '--jobs', 'many'],
    [2, "unknown option '--juggle'", '--env', 'reacher', '--juggle'],
    [2, "unknown option '--juggle'", '--env', 'reacher', '--', '--juggle'],
    [2, 'reinforce: expected an environment by --env', '--env', 'reacher', 'reinforce'],
    [2, 'too many arguments', '--env', 'reacher', '--', '--gamma', '0.9', 'reinforce'],
    [2, '"gamma"', '--env', 'reacher', '--', '--gamma', '1.1'],
    [2, '--gamma', '--env', 'reacher', '--', '--gamma', 'half'],
    [1, 'not empty', '--env', 'reacher', '--out', '.'],
    [1, 'found a file', '--env', 'reacher', '--out', 'two/report.html/x'],
  ];

  it('what it cannot do', () => expectRefusals(folder, 'compare', cases));
});
