import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { decodeSealed } from '../../envs/recording/sealed.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { encodeToAct } from '../../src/run/encode-policy.ts';
import { pretrainedFile } from '../../src/run/pretrained.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';

it.each([
  ['panda-reach-joints', { env: 'panda-reach-joints' }],
  ['reach-planar', { env: 'reach', arm: 'planar' }],
])('%s is what its training comes to, bit for bit', async (name, given) => {
  await loadPhysics();
  const learner = learnerOf(configureTraining({ ...given, seed: 0 }));
  for (const _ of trainOn(learner, { untilSolved: false }));
  const content = async (bytes: Uint8Array) => {
    const { tensors, metadata } = await decodeSealed(policyFormat, bytes, name);
    // What wrote it may be of a later version, of which the learned numbers are no other.
    const { checksum: _, versions: __, ...rest } = metadata;
    return { tensors, rest };
  };
  expect(await content(await encodeToAct(learner))).toEqual(
    await content(new Uint8Array(readFileSync(pretrainedFile(name)))),
  );
});
