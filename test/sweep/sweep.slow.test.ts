import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkSeal } from '../../envs/recording/checksum.ts';
import {
  armature,
  contents,
  expectRefusals,
  jsonLines,
  type Outcome,
  type Refusal,
  start,
  succeeding,
  temporaryFolder,
} from '../cli/armature.ts';

const folder = temporaryFolder();
const ok = succeeding(folder);
const json = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const small = ['--set', 'horizon=10', '--steps', '2000', '--goals', '8'] as const;
const training = ['--batch', '200', '--hidden-width', '8', '--eval-episodes', '10', '--eval-every', '400'] as const;
const eight = [
  ...['sweep', '--env', 'panda-reach-joints', '--vary', 'algorithm=ppo,reinforce'],
  ...['--vary', 'learningRate=1e-3:1e-2:log:2', '--seeds', '2', ...small],
] as const;
const sweepTo = (out: string, ...more: string[]) => [...eight, ...more, '--out', out, '--', ...training];

/** What does not depend on when, where, and how often it was begun. */
const files = ['plan.json', 'results.json', 'report.html', 'replay.html'];

function expectSame(a: string, b: string): void {
  for (const file of files) {
    const [one, other] = [a, b].map((out) => readFileSync(join(folder, out, file)));
    expect(other.equals(one), file).toBe(true);
  }
}

const finished = (out: string) => {
  const runs = join(folder, out, 'runs');
  return existsSync(runs) ? readdirSync(runs).filter((run) => existsSync(join(runs, run, 'result.json'))).length : 0;
};

describe('a sweep of eight runs', () => {
  let told: Outcome;
  beforeAll(async () => {
    told = await armature(folder, ...sweepTo('whole', '--jobs', '2'));
  }, 300_000);

  it('prints the variants, the best first, and says where the report is', async () => {
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^8 of 8 {2}/m);
    expect(told.stdout).toMatch(/^ {2}1 +(ppo|reinforce) +0\.0/m);
    expect(told.stdout).toContain(`Report: ${join('whole', 'report.html')}`);
    const { variants, failed } = json('whole', 'results.json');
    expect(failed).toEqual([]);
    const rates = variants.map(({ success_rate }: { success_rate: { value: number } }) => success_rate.value);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    for (const file of ['plan.json', 'results.json', 'timing.json']) {
      expect(await checkSeal(readFileSync(join(folder, 'whole', file)))).toBe('intact');
    }
    for (const { name } of variants)
      expect(readFileSync(join(folder, 'whole/report.html'), 'utf8')).toContain(`${name}-s0`);
  });

  it('that is killed midway and attached gives the same report, and makes no finished run again', async () => {
    const { child, closed } = start(folder, ...sweepTo('killed', '--jobs', '1'));
    while (finished('killed') < 3) await sleep(50);
    child.kill('SIGKILL');
    await closed;
    const before = readdirSync(join(folder, 'killed/runs')).filter((run) =>
      existsSync(join(folder, 'killed/runs', run, 'result.json')),
    );
    const times = () => before.map((run) => json('killed/runs', run, 'timing.json').seconds);
    const kept = times();
    expect(existsSync(join(folder, 'killed', 'report.html'))).toBe(false);
    await ok('sweep', '--attach', 'killed', '--jobs', '2');
    expectSame('whole', 'killed');
    expect(times()).toEqual(kept);
  }, 300_000);

  it('leaves a folder alone that another process has taken over', async () => {
    const { closed } = start(folder, ...sweepTo('taken', '--jobs', '1'));
    while (finished('taken') < 1) await sleep(20);
    writeFileSync(join(folder, 'taken/lock'), 'that of another process');
    const { code, stdout, stderr } = await closed;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/taken is lost: another process took it over/),
    });
    expect(stdout).not.toContain('Report: ');
    expect(finished('taken')).toBeLessThan(8);
    expect(existsSync(join(folder, 'taken/results.json'))).toBe(false);
    expect(readFileSync(join(folder, 'taken/lock'), 'utf8')).toBe('that of another process');
  }, 120_000);

  it('goes on where runs are damaged or lost, to the same report', async () => {
    const runs = join(folder, 'killed/runs');
    const [first, second, third, fourth] = readdirSync(runs);
    writeFileSync(join(runs, first, 'result.json'), '{}');
    writeFileSync(join(runs, first, 'policy.safetensors'), 'torn');
    rmSync(join(runs, second), { recursive: true });
    writeFileSync(join(runs, third, 'result.json'), readFileSync(join(runs, fourth, 'result.json')));
    rmSync(join(runs, third, 'config.json'));
    const { code, stderr } = await armature(folder, 'sweep', '--attach', 'killed');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^warning: [^\n]+policy\.safetensors[^\n]+\n$/),
    });
    expectSame('whole', 'killed');
  }, 300_000);

  it('tells of a run that fails, and goes on', async () => {
    await armature(folder, ...sweepTo('failing', '--dry-run'));
    const { child, closed } = start(folder, ...sweepTo('failing', '--jobs', '1'));
    while (finished('failing') < 2) await sleep(50);
    child.kill('SIGINT');
    const stopped = await closed;
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toMatch(/Stopped: \d of 8 runs finished, kept in .* There is no report\./);
    expect(stopped.stdout).toContain('npx armature sweep --attach failing goes on');
    // A file in the place of a run's folder.
    const run = 'reinforce_learningRate=0.01-s1';
    rmSync(join(folder, 'failing/runs', run), { recursive: true, force: true });
    writeFileSync(join(folder, 'failing/runs', run), '');
    const [result] = jsonLines((await armature(folder, 'sweep', '--attach', 'failing', '--json')).stdout);
    expect(result).toMatchObject({ type: 'result', failed: [{ run }] });
    expect(readFileSync(join(folder, 'failing/report.html'), 'utf8')).toContain('Runs that failed');
    rmSync(join(folder, 'failing/runs', run));
    await ok('sweep', '--attach', 'failing');
    expectSame('whole', 'failing');
  }, 300_000);
});

describe('successive halving', () => {
  it('goes on with the better half, whose runs are the same as if they had never rested', async () => {
    const rates = ['--vary', 'learningRate=1e-3:1e-1:log:4', '--halving', '--seeds', '2'];
    const common = ['--env', 'panda-reach-joints', ...small];
    await ok('sweep', ...common, ...rates, '--out', 'halved', '--', ...training);
    const { variants } = json('halved', 'results.json');
    const stopped = variants.map(({ stopped_at }: { stopped_at: number | null }) => stopped_at);
    expect(stopped).toEqual([null, 1000, 500, 500]);
    const [{ name, values }] = variants;
    for (const seed of [0, 1]) {
      const rate = ['--learning-rate', String(values.learningRate)];
      const own = ['--seed', String(seed), '--out', `unbroken-${seed}`];
      await ok('train', 'panda-reach-joints', ...small.slice(0, 4), ...training, ...rate, ...own);
      const {
        'result.json': _,
        'result-at-500.json': __,
        'result-at-1000.json': ___,
        'timing.json': ____,
        ...run
      } = contents(join(folder, 'halved/runs', `${name}-s${seed}`));
      expect(run).toEqual(contents(join(folder, `unbroken-${seed}`)));
    }
    const report = readFileSync(join(folder, 'halved/report.html'), 'utf8');
    expect(report).toContain('stopped at 500 of 2,000');
  }, 300_000);
});

it('a sweep says what it would run, and refuses what it cannot, before anything starts', async () => {
  const before = readdirSync(folder).sort();
  expect(
    await ok('sweep', '--env', 'reach', '--vary', 'arm=panda,ur5e', '--vary', 'gamma=0.9,0.99', '--dry-run'),
  ).toMatch(/^4 variants, 3 seeds each: 12 runs, [\d,]+ training steps in all\n {2}panda gamma=0\.9\n/);
  const cases: readonly Refusal[] = [
    [2, 'what to vary', '--env', 'reach'],
    [2, 'expected an environment', '--vary', 'gamma=0.9,0.99'],
    [2, 'reach: expected an environment by --env', 'reach', '--vary', 'gamma=0.9,0.99', '--', '--hidden-width', '16'],
    [2, 'seeds are given by --seeds', '--env', 'reach', '--vary', 'seed=1,2'],
    [2, 'it would be set.horizon', '--env', 'reach', '--vary', 'horizon=5,6'],
    [2, 'is for --random', '--env', 'reach', '--vary', 'gamma=0.9:0.99:lin'],
    [2, 'gamma=1.1: option "gamma"', '--env', 'reach', '--vary', 'gamma=0.9,1.1'],
    [2, 'unknown environment "juggling"', '--vary', 'env=reach,juggling'],
    [2, 'of a robot file', '--env', 'reach', '--vary', 'motors.stiffness=1,2'],
    [2, '--steps: a sweep goes on as it was planned', '--attach', 'whole', '--steps', '5'],
    [2, '--seeds: a sweep goes on as it was planned', '--attach', 'whole', '--seeds', '3'],
    [2, 'training options: a sweep goes on', '--attach', 'whole', '--', '--gamma', '0.9'],
    [1, 'holds no plan.json', '--attach', 'nowhere'],
    [1, 'not empty', '--env', 'reach', '--vary', 'gamma=0.9,0.99', '--out', 'whole'],
  ];
  await expectRefusals(folder, 'sweep', cases);
  expect(readdirSync(folder).sort()).toEqual(before);
}, 300_000);
