import { describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { rollOut } from '../../src/rollout/rollout.ts';
import { provenanceOf } from '../../src/run/recording.ts';
import { batchOf } from '../../src/train/batch.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';
import { advantages } from '../../viewer/derive/episode.ts';

await loadPhysics();

describe('what a recording says of how training credits actions', () => {
  it.each([
    { baseline: 'value' },
    { baseline: 'value', bootstrap: false },
    { baseline: 'linear', advantage: 'td' },
    { baseline: 'value', advantage: 'n-step', nSteps: 3 },
    { baseline: 'value', advantage: 'monte-carlo', returns: 'full' },
    { baseline: 'none' },
    { baseline: 'mean' },
    { baseline: 'per-step', returns: 'full' },
  ])('is enough to find the advantages of its batches: %j', (options) => {
    const small = { hiddenWidth: 4, hiddenLayers: 1, batch: 20, standardize: false, ...options };
    const config = configureTraining({ env: 'panda-reach', envOptions: { horizon: 8 }, seed: 3, options: small });
    const learner = learnerOf(config);
    for (const _ of trainOn(learner, { iterations: 2, untilSolved: false }));
    const episodes = rollOut(learner, {
      seed: 3,
      purpose: 'recording',
      index: 0,
      until: { episodes: 3 },
      deterministic: false,
    });
    const { batch } = batchOf({ ...learner, options: learner.training.options }, episodes, []);
    const provenance = provenanceOf(learner);
    const found = episodes.flatMap((episode) => [...advantages(episode, provenance)]);
    expect(found).toEqual([...batch.advantage].map((x) => expect.closeTo(x, 9)));
    if (options.baseline === 'value' && Object.keys(options).length === 1) expect(provenance.credit).toBeUndefined();
  });
});
