import { describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import * as page from '../../src/browser.ts';
import {
  gaussian,
  linearBaseline,
  loadPolicy,
  makeEnv,
  meanBaseline,
  noBaseline,
  perStepBaseline,
  ppo,
  squashedGaussian,
  train,
  UsageError,
  valueNetwork,
} from '../../src/index.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import touch from '../modules/project/touch.ts';

const short = { steps: 300, options: { batch: 100 }, policy: gaussian({ hiddenWidth: 8 }) } as const;

async function stepsOf(run: AsyncIterable<{ readonly envSteps: number }>): Promise<number[]> {
  const steps: number[] = [];
  for await (const { envSteps } of run) steps.push(envSteps);
  return steps;
}

describe('train', () => {
  it('takes an environment, a task, or the name of one, and comes to the same bytes', async () => {
    const runs = [makeEnv(touch), touch].map((env) => train({ ...short, env, algorithm: ppo() }));
    const [first, second] = await Promise.all(runs.map(stepsOf));
    expect(first.length).toBeGreaterThan(1);
    expect(first.at(-1)).toBeGreaterThanOrEqual(300);
    expect(second).toEqual(first);
    const [a, b] = await Promise.all(runs.map((run) => run.policy()));
    expect(b).toEqual(a);
    expect(await stepsOf(train({ ...short, env: 'reacher' }))).not.toEqual([]);
  });

  it.each([
    ['reach', 'ppo'],
    ['panda-reach', 'reinforce'],
  ])('trains %s by %s where no algorithm is given, as the command line does', async (env, algorithm) => {
    const { learner } = await decodePolicy(await train({ ...short, env }).policy(), 'policy');
    expect(learner.training.config.algorithm).toBe(algorithm);
  });

  it('goes on as it is iterated over, and has its policy and rollouts at any time', async () => {
    const run = train({ ...short, env: 'panda-reach' });
    const before = await run.policy();
    const { value } = await run.next();
    expect(value).toMatchObject({ iteration: 1, training: { meanReturn: expect.any(Number) } });
    const after = await run.policy();
    expect(after).not.toEqual(before);
    const { learner } = await decodePolicy(after, 'policy');
    expect(learner.progress.iteration).toBe(1);
    const recording = await decodeRecording(await run.record(3), 'rollouts');
    expect(recording.episodes).toHaveLength(3);
    await loadPhysics();
    expect(findDifference(makeEnv('panda-reach'), recording)).toBeNull();
  });

  it('ends by a signal, which may have come before', async () => {
    const stop = new AbortController();
    const run = train({ ...short, steps: 1e6, env: 'panda-reach', signal: stop.signal });
    const steps: number[] = [];
    await expect(
      (async () => {
        for await (const { envSteps } of run) {
          steps.push(envSteps);
          if (steps.length === 2) stop.abort();
        }
      })(),
    ).rejects.toThrow('aborted');
    expect(steps).toHaveLength(2);
    expect((await loadPolicy(await run.policy())).action).toMatchObject([{ size: 3 }]);
    await expect(train({ ...short, env: 'panda-reach', signal: stop.signal }).next()).rejects.toThrow('aborted');
  });

  it.each([
    ['an object with workers', { env: makeEnv(touch), workers: 2 }, 'runs on the calling thread'],
    ['a task with workers', { env: touch, workers: 2 }, '{ module: new URL('],
    ['half a worker', { env: 'reacher', workers: 0.5 }, 'workers must be an integer of at least 1, got 0.5'],
  ])('refuses %s at once', (_, choice, words) => {
    const attempt = () => train({ ...short, ...choice });
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(words);
  });

  it.each([
    ['an unknown name', { env: 'juggling' }, 'unknown environment "juggling"'],
    ['what is no environment', { env: 7 as unknown as string }, 'env has to be an environment'],
    ['an option out of range', { env: touch, options: { gamma: 2 } }, 'gamma'],
    ['what does not go together', { env: touch, baseline: meanBaseline(), options: { reuse: 1 } }, 'cannot judge them'],
  ])('refuses %s when it begins', async (_, choice, words) => {
    const found = await train({ ...short, ...choice })
      .next()
      .catch((error: unknown) => error);
    expect(found).toBeInstanceOf(UsageError);
    expect((found as Error).message).toContain(words);
  });

  it('in a page refuses modules and threads', async () => {
    const module = new URL('../modules/project/touch.ts', import.meta.url);
    await expect(page.train({ ...short, env: { module } }).next()).rejects.toThrow('opened by Node alone');
    await expect(page.train({ ...short, env: 'reacher', workers: 2 }).next()).rejects.toThrow('threads of Node');
  });
});

describe('policies and baselines', () => {
  it('are options of training', async () => {
    const choices = [
      [squashedGaussian({ initialLogSigma: -1 }), { policy: 'squashed', initialLogSigma: -1 }],
      [gaussian({ covariance: 'full' }), { policy: 'full' }],
      [noBaseline(), { baseline: 'none' }],
      [meanBaseline(), { baseline: 'mean' }],
      [perStepBaseline(), { baseline: 'per-step' }],
      [linearBaseline(), { baseline: 'linear' }],
      [valueNetwork(), { baseline: 'value' }],
    ];
    for (const [choice, options] of choices) expect(choice).toEqual(options);
    const run = train({ env: 'reacher', steps: 100, policy: squashedGaussian(), baseline: valueNetwork() });
    const { learner } = await decodePolicy(await run.policy(), 'policy');
    expect(learner.training.options).toMatchObject({ policy: 'squashed', baseline: 'value' });
  });
});
