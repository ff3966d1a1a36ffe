import { describe, expect, it } from 'vitest';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { FileError, loadPolicy } from '../../src/policy/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';

await loadPhysics();

async function trained(options: Record<string, string | number>) {
  const learner = learnerOf(
    configureTraining({ env: 'panda-reach-joints', steps: 400, options: { batch: 200, hiddenWidth: 8, ...options } }),
  );
  for (const _ of trainOn(learner, { untilSolved: false }));
  return { learner, bytes: await encodePolicy(learner) };
}

const observation = Float32Array.from({ length: 12 }, (_, i) => 0.3 - i / 20);

describe('a policy without a simulator', () => {
  it.each(['diagonal', 'fixed', 'state-diagonal', 'full', 'squashed'])('acts by the mean: %s', async (family) => {
    const { learner, bytes } = await trained({ policy: family });
    const policy = await loadPolicy(bytes);
    const { mean } = actorOf(learner).forward(observation, 1);
    const clipped = Array.from(mean, (a) => Math.fround(Math.min(Math.max(a, -1), 1)));
    expect(Array.from(policy.act(observation))).toEqual(clipped);
    expect(policy.observation).toEqual(learner.env.spec.obs);
    expect(policy.action).toEqual(learner.env.spec.act);
    // Files from before had no spec, and one tensor for all that was learned.
    const { metadata, tensors } = await decodeSealed(policyFormat, bytes, 'policy');
    const { spec: _, format: __, version: ___, checksum: ____, ...older } = metadata;
    const others = Object.entries(tensors).filter(([name]) => !/^network|^log_sigma|^lower_triangle/.test(name));
    const theta = { dtype: 'F64', shape: [learner.theta.length], data: learner.theta.slice() } as const;
    const former = { ...policyFormat, version: 3 };
    const old = await loadPolicy(await encodeSealed(former, { ...Object.fromEntries(others), theta }, older));
    expect(Array.from(old.act(observation))).toEqual(clipped);
    expect([old.observation, old.action]).toMatchObject([[{ size: 12 }], [{ size: 7 }]]);
  });

  it('is read from a Node Buffer, wherever in its memory that begins, and leaves it as it is', async () => {
    const { bytes } = await trained({});
    const action = (await loadPolicy(bytes)).act(observation);
    for (const before of [0, 1, 8]) {
      const file = Buffer.concat([new Uint8Array(before), bytes]).subarray(before);
      for (const _ of [1, 2]) expect((await loadPolicy(file)).act(observation)).toEqual(action);
      expect(file.equals(bytes)).toBe(true);
    }
  });

  it('refuses an observation of another length', async () => {
    const policy = await loadPolicy((await trained({})).bytes);
    expect(() => policy.act([1, 2])).toThrow(new RangeError('the observation has 2 numbers; the policy expects 12'));
  });

  it('refuses what is no whole policy', async () => {
    const { bytes } = await trained({});
    const { metadata, tensors } = await decodeSealed(policyFormat, bytes, 'policy');
    const { format: _, version: __, checksum: ___, ...rest } = metadata;
    const changed = (more: Record<string, string>, other = tensors) =>
      encodeSealed(policyFormat, other, { ...rest, ...more });
    const short = { ...tensors, 'network.1.bias': { dtype: 'F64', shape: [3], data: new Float64Array(3) } as const };
    const { 'network.0.weight': ____, ...without } = tensors;
    for (const file of [
      bytes.subarray(0, 500),
      new Uint8Array(100),
      await changed({ config: '{}' }),
      await changed({ spec: '{"obs":[],"act":[]}' }),
      await changed({}, short),
      await changed({}, without),
    ]) {
      await expect(loadPolicy(file, 'mine')).rejects.toThrow(FileError);
      await expect(loadPolicy(file, 'mine')).rejects.toThrow(/^mine: /);
    }
  });
});
