import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { jobsAt } from '../../src/sweep/conduct.ts';
import { extentOf, pauseAt, ranked, survivors } from '../../src/sweep/halving.ts';
import { canonical, jobDigest, jobOf, jobSchema } from '../../src/sweep/job.ts';
import { checkAxes, planSchema, planVersions, type SweepPlan } from '../../src/sweep/plan.ts';
import { drawn, parseAxis, shareIn } from '../../src/sweep/values.ts';
import { checkVariants, type Variants, variantsOf } from '../../src/sweep/variants.ts';
import { builtIn, configureTraining } from '../../src/train/config.ts';

describe('values', () => {
  it.each([
    ['ppo,trpo', ['ppo', 'trpo']],
    ['true,false', [true, false]],
    ['0.9, 0.99', [0.9, 0.99]],
    ['transfer;mass=0.8:1.2,delay=0:2', ['transfer', 'mass=0.8:1.2,delay=0:2']],
    ['mass=0.8:1.2', ['mass=0.8:1.2']],
    ['0,0.1,0.2;1,1,1', ['0,0.1,0.2', '1,1,1']],
    ['1e-4:1e-2:log:3', [0.0001, 0.001, 0.01]],
    ['1e-4:1e-2:log:4', [0.0001, 0.0004642, 0.002154, 0.01]],
    ['0:1:lin:4', [0, 0.3333, 0.6667, 1]],
    ['-1:1:lin:3', [-1, 0, 1]],
  ])('%s are %j', (text, values) => expect(parseAxis('key', text).values).toEqual(values));

  it('of whole numbers are whole, and each is there once', () => {
    expect(parseAxis('batch', '500:4000:log:4', true).values).toEqual([500, 1000, 2000, 4000]);
    expect(parseAxis('batch', '1:3:lin:9', true).values).toEqual([1, 2, 3]);
  });

  it.each(['', 'a,', 'a,a', '2:1:lin:3', '0:1:log:3', '1:2:lin:1', '1:2:lin:x', 'x:2:lin:3'])('are not %j', (text) =>
    expect(() => parseAxis('key', text)).toThrow(/--vary key: .*found/),
  );

  it('are drawn from the whole of a range, as evenly as it says, and lie where they lie', () => {
    const axis = parseAxis('rate', '1e-4:1:log');
    expect(axis.values).toEqual([]);
    const random = stream(0, 'search');
    const found = Array.from({ length: 400 }, () => Number(drawn(axis, random)));
    const parts = [0, 1, 2, 3].map((k) => found.filter((x) => x >= 10 ** (k - 4) && x < 10 ** (k - 3)).length);
    for (const part of parts) expect(part).toBeGreaterThan(70);
    expect(shareIn({ low: 1e-4, high: 1, scale: 'log' }, 0.01)).toBeCloseTo(0.5, 12);
  });
});

function planOf(axes: SweepPlan['axes'], given: Partial<SweepPlan> = {}): SweepPlan {
  const base = { env: 'panda-reach-joints', set: {}, options: {} };
  const rest = { random: null, stages: 1, seeds: [0, 1], goals: 10, robots: {}, modules: [] };
  return { isComparison: false, command: '', base, axes, ...rest, ...given };
}

const all = (variants: Variants) => Array.from({ length: variants.count }, (_, i) => variants.at(i));

describe('variants', () => {
  it('are every combination, once, the last option changing fastest', () => {
    const plan = planOf([parseAxis('algorithm', 'ppo,reinforce'), parseAxis('gamma', '0.9,0.99')]);
    const found = all(variantsOf(plan, builtIn));
    expect(found.map(({ label }) => label)).toEqual([
      ...['ppo gamma=0.9', 'ppo gamma=0.99', 'reinforce gamma=0.9', 'reinforce gamma=0.99'],
    ]);
    expect(found[3].name).toBe('reinforce_gamma=0.99');
    expect(variantsOf(plan, builtIn).configOf(found[3])).toMatchObject({
      algorithm: 'reinforce',
      options: { gamma: 0.99 },
    });
  });

  it('do not differ in what their algorithm has not', () => {
    const plan = planOf([parseAxis('algorithm', 'ppo,reinforce'), parseAxis('epochs', '3,5')]);
    expect(all(variantsOf(plan, builtIn)).map(({ label }) => label)).toEqual([
      'ppo epochs=3',
      'ppo epochs=5',
      'reinforce',
    ]);
  });

  it('may vary the arm, the reward, the steps, and options of the environment', () => {
    const axes = [
      ['arm', 'panda,ur5e'],
      ['reward', 'sparse'],
      ['steps', '1000'],
      ['set.horizon', '7'],
    ] as const;
    const plan = planOf(
      axes.map(([key, text]) => parseAxis(key, text)),
      { base: { env: 'reach', set: {}, options: { batch: 100 } } },
    );
    const variants = variantsOf(plan, builtIn);
    const [first, second] = all(variants);
    expect(second.label).toBe('ur5e sparse steps=1000 set.horizon=7');
    expect(variants.configOf(second)).toMatchObject({
      env: { arm: 'ur5e', options: { horizon: 7, reward: 'sparse' } },
      steps: 1000,
      options: { batch: 100 },
    });
    expect(variants.configOf(first).env.arm).toBe('panda');
  });

  it('are drawn by the seed of the search alone, each once', () => {
    const axes = [parseAxis('learningRate', '1e-4:1e-2:log'), parseAxis('algorithm', 'ppo,trpo')];
    const labels = (seed: number, draws: number) =>
      all(variantsOf(planOf(axes, { random: { draws, seed } }), builtIn)).map(({ label }) => label);
    const found = labels(1, 12);
    expect(new Set(found).size).toBe(12);
    expect(labels(1, 5)).toEqual(found.slice(0, 5));
    expect(labels(2, 12)).not.toEqual(found);
    // There are no more than three of these.
    const few = [parseAxis('algorithm', 'ppo,trpo,reinforce')];
    expect(variantsOf(planOf(few, { random: { draws: 10, seed: 0 } }), builtIn).count).toBe(3);
  });

  it('have names of their own, also where values hold what joins them', () => {
    const robots = ['b_c', 'c'].map((name) => [name, builtIn.arms.panda]);
    const plan = planOf([parseAxis('env', 'a,a_b'), parseAxis('arm', 'b_c,c')], {
      base: { set: {}, options: {} },
      robots: Object.fromEntries(robots),
    });
    expect(all(variantsOf(plan, builtIn)).map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `variant-${n}`));
    const clear = planOf([parseAxis('env', 'a,variant-2'), parseAxis('gamma', '0.9')]);
    expect(all(variantsOf(clear, builtIn)).map(({ name }) => name)).toEqual(['a_gamma=0.9', 'variant-2_gamma=0.9']);
    const single = planOf([parseAxis('env', 'my_a,variant-1')]);
    expect(all(variantsOf(single, builtIn)).map(({ name }) => name)).toEqual(['my_a', 'variant-2']);
  });

  it('whose values do not go together have no runs, and keep nobody from the others', () => {
    const plan = planOf([parseAxis('gamma', '0.9,1.1,0.99')]);
    const variants = variantsOf(plan, builtIn);
    const reasons: string[] = [];
    const refused = (_: unknown, seed: number, reason: string) => void reasons.push(`${seed}: ${reason}`);
    const names = [...jobsAt(plan, variants, 0, { refused })].map(({ name }) => name);
    expect(names).toEqual(['gamma=0.9-s0', 'gamma=0.99-s0', 'gamma=0.9-s1', 'gamma=0.99-s1']);
    expect(reasons).toEqual([0, 1].map((seed) => expect.stringContaining(`${seed}: gamma=1.1: `)));
    expect([...jobsAt(plan, variants, 0, { alive: [1, 2] })]).toHaveLength(2);
  });

  it.each([
    ['expected an integer of at least 1, found 0', planOf([parseAxis('steps', '1000,0')])],
    ['expected an integer of at least 1, found many', planOf([parseAxis('steps', 'many')])],
    ['unknown arm "constructor"', planOf([parseAxis('arm', 'constructor')])],
    ['"__proto__"', planOf([parseAxis('arm', '__proto__')])],
    ['"gamma"', planOf([parseAxis('gamma', '0.9,1.1')])],
    ['unknown algorithm "alchemy"', planOf([parseAxis('algorithm', 'ppo,alchemy')])],
    [
      'none of trpo has the training option "epochs"',
      planOf([parseAxis('algorithm', 'trpo'), parseAxis('epochs', '3,5')]),
    ],
  ])('are refused: %s', (words, plan) => {
    expect(() => checkVariants(plan, variantsOf(plan, builtIn), builtIn)).toThrow(words);
  });

  it.each([
    ['twice', planOf([parseAxis('gamma', '0.9'), parseAxis('gamma', '0.99')])],
    ['found by both', planOf([parseAxis('env', 'reach')])],
    ['--random', planOf([parseAxis('gamma', '0.9:0.99:lin')])],
    ['at most 1000000 variants', planOf(['a', 'b', 'c'].map((key) => parseAxis(key, '1:1000:lin:1000')))],
  ])('of axes that make no plan there are none: %s', (words, plan) => {
    expect(() => checkAxes(plan)).toThrow(words);
    const { success } = v.safeParse(planSchema, { versions: planVersions(), ...plan });
    expect(success).toBe(false);
  });
});

it('a plan out of a file is one that a command could have made', () => {
  const plan = planOf([parseAxis('gamma', '0.9:0.99:lin')], { random: { draws: 1_000_000, seed: 0 } });
  const parse = (random: SweepPlan['random']) =>
    v.safeParse(planSchema, { versions: planVersions(), ...plan, random }).success;
  expect(parse({ draws: 1_000_000, seed: 0 })).toBe(true);
  expect(parse({ draws: 1_000_001, seed: 0 })).toBe(false);
});

describe('halving', () => {
  const score = (returns: readonly number[], rates: readonly number[] | null = null, failed = 0) => ({
    runs: returns.map((meanReturn, i) => ({ meanReturn, successRate: rates?.[i] ?? null })),
    failed,
  });

  it('rests at a quarter and a half, and keeps the better half', () => {
    expect([0, 1, 2].map((stage) => pauseAt(stage, 3, 60_000))).toEqual([15_000, 30_000, null]);
    expect(pauseAt(0, 1, 60_000)).toBeNull();
    expect([8, 5, 1].map(survivors)).toEqual([4, 3, 1]);
    // 8 to a quarter, 4 from there to the half, 2 from there to the end.
    expect(extentOf(8, 3).budgets).toBe(2 + 1 + 1);
  });

  it('ranks by success, then by return, then by place; what failed comes last', () => {
    expect(ranked([score([-2]), score([-1]), score([-1])])).toEqual([1, 2, 0]);
    expect(ranked([score([-1], [0.5]), score([-2], [1]), score([-1.5], [1])])).toEqual([2, 1, 0]);
    expect(ranked([score([]), score([-9], null, 1), score([-10])])).toEqual([2, 0, 1]);
  });

  it('ranks by the interquartile mean, which one seed does not turn', () => {
    expect(ranked([score([0, -5, -5, -5, -5]), score([-100, -4, -4, -4, -4])])).toEqual([1, 0]);
  });
});

describe('a job', () => {
  const config = configureTraining({ env: 'panda-reach-joints', algorithm: 'ppo', steps: 2000 });
  const job = jobOf(config, 3, 50);

  it('has a digest of its content and of the versions, whatever the order of its keys', () => {
    const turned = JSON.parse(JSON.stringify(job), (_, value) =>
      value && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
    );
    expect(jobDigest(turned)).toBe(jobDigest(job));
    const others = [
      jobOf(config, 4, 50),
      jobOf(config, 3, 51),
      jobOf(config, 3, 50, 1000),
      jobOf({ ...config, steps: 1 }, 3, 50),
    ];
    expect(new Set([job, ...others].map(jobDigest)).size).toBe(5);
    expect(canonical({ b: [1, { d: 1, c: 'x' }], a: null })).toBe('{"a":null,"b":[1,{"c":"x","d":1}]}');
  });

  it('from outside is strict', () => {
    expect(v.parse(jobSchema, JSON.parse(JSON.stringify(job)))).toEqual(job);
    for (const bad of [
      { ...job, more: 1 },
      { ...job, goals: 0 },
      { ...job, pauseAt: 0.5 },
      { ...job, plan: { ...job.plan, fork: {} } },
    ]) {
      expect(v.safeParse(jobSchema, bad).success).toBe(false);
    }
  });
});
