import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { metricsLines, metricsOf } from '../../src/run/metrics.ts';
import { comparisonPage } from '../../src/sweep/comparison-report.ts';
import { resultsOf } from '../../src/sweep/results.ts';
import { learnerOf } from '../../src/train/config.ts';
import { type Iteration, trainOn } from '../../src/train/train.ts';
import { samplePlan, sampleProvenance, sampleRuns } from '../sweep/sample.ts';
import { configOf } from './support.ts';

beforeAll(loadPhysics);

const env = makeEnv('panda-push', { options: { reward: 'shaped', horizon: 10 } });
let history: Iteration[] = [];
beforeAll(() => {
  const options = { batch: 40, evalEvery: 80, evalEpisodes: 3 };
  history = [...trainOn(learnerOf(configOf({ env: env.config, steps: 80 }, options), { env }), { untilSolved: false })];
});

describe('terms of the reward in the table of metrics', () => {
  it('are a column each, in training and evaluation, and add up to the return', () => {
    const rows = history.map(metricsOf);
    expect(rows.length).toBe(2);
    expect(rows.map(({ eval_return }) => eval_return !== null)).toEqual([false, true]);
    for (const row of rows) {
      for (const of of ['train', 'eval'] as const) {
        const parts = env.spec.terms.map((name) => row[`${of}_term_${name}`]);
        const total = row[`${of}_return`];
        if (total === null) expect(parts).toEqual(parts.map(() => null));
        else expect(parts.reduce<number>((sum, part) => sum + Number(part), 0)).toBeCloseTo(total, 6);
      }
    }
    const [reaching, distance] = [rows[1].eval_term_reaching, rows[1].eval_term_distance];
    expect(Math.max(Number(reaching), Number(distance))).toBeLessThan(-0.1);
    expect(reaching).not.toBe(distance);
  });

  it('stand in the heading, and a table that has none goes on without', () => {
    const [heading, line] = metricsLines(history[0]);
    const columns = heading.split(',');
    expect(columns).toContain('train_term_reaching');
    expect(columns.indexOf('eval_term_distance')).toBeLessThan(columns.indexOf('eval_final_distance'));
    expect(line.split(',').length).toBe(columns.length);
    expect(metricsLines(history[0], heading)).toEqual([line]);
    const old = columns.filter((name) => !name.includes('_term_')).join(',');
    const [next, ...none] = metricsLines(history[1], old);
    expect(none).toEqual([]);
    const row = metricsOf(history[1]);
    expect(next.split(',')).toEqual(old.split(',').map((name) => String(row[name] ?? '')));
  });
});

describe('terms of the reward in a comparison', () => {
  const plan = samplePlan(['reinforce', 'ppo'], { seeds: 3 });
  const plain = sampleRuns(plan);
  const runs = plain.map((run) => ({
    ...run,
    evaluations: run.evaluations.map((each) => ({
      ...each,
      terms: { reaching: each.return / 4, distance: (3 * each.return) / 4 },
    })),
  }));

  it('have curves of their own, and charts', () => {
    const results = resultsOf(plan, runs);
    for (const { curves } of results.algorithms) {
      expect(Object.keys(curves.terms ?? {})).toEqual(['reaching', 'distance']);
      curves.terms?.reaching.iqm.forEach((value, i) => {
        const whole = curves.return.iqm[i];
        if (value !== null && whole !== null) expect(value).toBeCloseTo(whole / 4, 9);
      });
    }
    const titles = (of: typeof results) =>
      comparisonPage(of, sampleProvenance).sections.flatMap(({ plots = [] }) => plots.map(({ title }) => title));
    expect(titles(results)).toEqual(['Success rate', 'Return', 'Term reaching', 'Term distance']);
    expect(titles(resultsOf(plan, plain))).toEqual(['Success rate', 'Return']);
    expect(resultsOf(plan, plain).algorithms[0].curves).not.toHaveProperty('terms');
  });
});
