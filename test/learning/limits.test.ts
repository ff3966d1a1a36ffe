import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { rollOut } from '../../src/rollout/rollout.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { checkTraining, fitting, mostBytes } from '../../src/run/limits.ts';
import { provenanceOf, recordingOf } from '../../src/run/recording.ts';
import { configureTraining, learnerOf, trainingOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';

beforeAll(loadPhysics);

const configOf = (options: Readonly<Record<string, unknown>>, algorithm?: string, horizon = 20) =>
  configureTraining({ env: 'panda-reach-joints', envOptions: { horizon }, algorithm, steps: 300, options });
/** The least limit that a training passes. */
function limitOf(...given: Parameters<typeof configOf>): number {
  const training = trainingOf(configOf(...given));
  let [low, high] = [0, 2 ** 40];
  while (high - low > 1) {
    const most = Math.floor((low + high) / 2);
    try {
      checkTraining(training, most);
      high = most;
    } catch {
      low = most;
    }
  }
  return high;
}

describe('what is known of a file before the work', () => {
  const cases = [
    ...Object.keys(algorithms).map((algorithm) => ({ algorithm, baseline: 'value', reuse: 0 })),
    ...Object.keys(baselines).map((baseline) => ({ algorithm: 'reinforce', baseline, reuse: 0 })),
    { algorithm: 'ppo', baseline: 'value', reuse: 2 },
  ].map((each) => [each.algorithm, each.baseline, each.reuse] as const);

  it.each(cases)(
    'by %s with baseline %s and %d batches used again, is at least its size',
    async (algorithm, baseline, reuse) => {
      const options = { baseline, reuse, batch: 100, hiddenWidth: 32, advantage: 'monte-carlo' };
      const learner = learnerOf(configOf(options, algorithm));
      for (const _ of trainOn(learner, { untilSolved: false }));
      const { length } = await encodePolicy(learner);
      const limit = limitOf(options, algorithm);
      // Header and names are small, and room is left for them.
      expect(length).toBeLessThan(limit + 10_000);
      if (!reuse) expect(length).toBeGreaterThan(limit - 10_000);
    },
  );

  it('refuses in words what no file holds', () => {
    const refused =
      (...given: Parameters<typeof configOf>) =>
      () =>
        checkTraining(trainingOf(configOf(...given)));
    const wide = { hiddenWidth: 4096, hiddenLayers: 7 };
    const words = /^cannot save the run: expected files of at most 2\.13 GB, found \d+\.\d\d GB for .+: lower --/;
    expect(refused(wide)).toThrow(words);
    expect(refused({ reuse: 1000, batch: 1e7 })).not.toThrow();
    const long = configureTraining({ env: 'reacher', steps: 1e9, options: { reuse: 100, batch: 1e6 } });
    expect(() => checkTraining(trainingOf(long))).toThrow('lower --reuse or --batch');
  });
});

describe('a recording', () => {
  it('holds as many episodes as fit in a file', async () => {
    const learner = learnerOf(configOf({}));
    const episodes = rollOut(learner, {
      seed: 0,
      purpose: 'recording',
      index: 0,
      until: { episodes: 9 },
      deterministic: true,
    });
    const sizeOf = async (some: typeof episodes) =>
      (await recordingOf(learner.env, some, provenanceOf(learner))).length;
    const [one, nine] = [await sizeOf(episodes.slice(0, 1)), await sizeOf(episodes)];
    expect(fitting(learner.env.spec, episodes)).toBe(episodes);
    const most = one + (nine - one) / 2;
    const some = fitting(learner.env.spec, episodes, most);
    expect(some).toEqual(episodes.slice(0, some.length));
    expect(some.length).toBeGreaterThan(2);
    expect(some.length).toBeLessThan(9);
    // Beside the header, for which there is room.
    const header = one - (nine - one) / 8;
    expect(await sizeOf([...some])).toBeLessThan(most + header + 1000);
    expect(mostBytes + header).toBeLessThan(2 ** 31 - 1);
  });
});
