import { describe, expect, it } from 'vitest';
import { haveGoals } from '../../src/sweep/sweep-results.ts';
import { parseAxis } from '../../src/sweep/values.ts';
import { variantsOf } from '../../src/sweep/variants.ts';
import { builtIn } from '../../src/train/config.ts';
import { pageOf } from './sample-sweep.ts';

describe('the report of a sweep', () => {
  it('has the variants, the best first, each with what it opens, and the runs that failed at the end, with why', async () => {
    const { results, section } = await pageOf([['gamma', '0.9,0.95,0.99']]);
    expect(results.variants.map(({ label }) => label)).toEqual(['gamma=0.99', 'gamma=0.95', 'gamma=0.9']);
    const [table] = section('results')?.tables ?? [];
    expect(table.rows[0].slice(0, 2)).toEqual([{ text: '1', href: 'replay.html#gamma=0.99' }, '0.99']);
    expect(table.rows[2][0]).toBe('3');
    expect(results.failed).toEqual([{ run: 'gamma=0.9-s0', reason: 'no <luck>' }]);
    expect(section('failed')?.tables?.[0].rows).toEqual([['gamma=0.9-s0', 'no <luck>']]);
  });

  it('draws figures over an option of numbers, whose points open a run, by the logarithm where numbers are far apart', async () => {
    const { section } = await pageOf([
      ['learningRate', '1e-4:1e-1:log:4'],
      ['algorithm', 'ppo,reinforce'],
    ]);
    const [success, mean] = section('options')?.plots ?? [];
    expect([success.title, mean.title]).toEqual(['Success rate', 'Return']);
    expect(mean.x).toEqual({ label: 'learningRate', log: true });
    expect(mean.series.map(({ label, x }) => [label, x.length])).toEqual([
      ['ppo', 3],
      ['reinforce', 4],
    ]);
    expect(mean.series[1].y).toEqual([-19, -17, -15, -13]);
    expect(mean.series[1].links?.[3]).toEqual({
      name: 'learningRate=0.1 reinforce',
      href: 'replay.html#learningRate=0.1_reinforce',
    });
    const { section: other } = await pageOf([['gamma', '0.9,0.99']]);
    expect(other('options')).toBeUndefined();
  });

  it('draws an option of names as marks, and several options as a line for each variant that opens a run', async () => {
    const { section: names } = await pageOf([['algorithm', 'ppo,reinforce,trpo']]);
    expect(names('options')?.plots?.[0].x.names).toEqual(['trpo', 'reinforce']);
    const { section } = await pageOf([
      ['gamma', '0.9,0.99'],
      ['learningRate', '1e-3:1e-2:log:3'],
      ['batch', '500,1000'],
    ]);
    const svg = section('options')?.drawing?.svg ?? '';
    expect(svg.match(/<a /g)?.length).toBe(11);
    expect(svg).toContain('href="replay.html#gamma=0.99_learningRate=0.01_batch=1000"');
    expect(svg).toContain('<title>gamma=0.99 learningRate=0.01 batch=1000: 11.0 %</title>');
  });

  it('says where variants were stopped, and draws the curves of the ten best that were not', async () => {
    const { results, section } = await pageOf([['gamma', '0.9:0.99:lin:24']], { stages: 2 });
    expect(results.variants.filter(({ stopped_at }) => stopped_at !== null).length).toBe(11);
    expect(section('curves')?.plots?.[0].series.length).toBe(10);
    expect(section('curves')?.notes?.[0]).toContain('The best 10 of 12 variants.');
    const rows = section('results')?.folded?.tables[0].rows ?? [];
    expect(rows.length).toBe(4);
    expect(rows[0][2]).toBe('stopped at 30,000 of 60,000');
  });
});

it('whether there are goals to reach is what the environments say, not the runs', () => {
  const goals = (env: string, axes: readonly (readonly [key: string, text: string])[]) => {
    const base = { ...(env && { env }), set: {}, options: {} };
    const rest = { random: null, stages: 1, seeds: [0], goals: 10, robots: {}, modules: [] };
    const plan = {
      isComparison: false,
      command: '',
      base,
      axes: axes.map(([key, text]) => parseAxis(key, text)),
      ...rest,
    };
    return haveGoals(plan, variantsOf(plan, builtIn), builtIn);
  };
  expect(goals('panda-reach-joints', [['gamma', '1.1,0.9']])).toBe(true);
  expect(goals('reacher', [['gamma', '0.9,0.95']])).toBe(false);
  expect(goals('', [['env', 'panda-reach-joints,reacher']])).toBe(false);
});
