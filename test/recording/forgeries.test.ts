import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { verifyCommand } from '../../src/cli/verify.ts';
import { rollOut } from '../../src/rollout/rollout.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { isExpected } from '../../src/run/failure.ts';
import { provenanceOf, recordingOf } from '../../src/run/recording.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';
import { temporaryFolder } from '../cli/armature.ts';
import { type Forgery, forgeriesOf } from './forgeries.ts';

const folder = temporaryFolder();
const file = join(folder, 'forged.safetensors');
const policy = join(folder, 'policy.safetensors');
await loadPhysics();

/** Rollouts of a policy that has learned for two iterations, which is saved beside them. */
async function recordingOfRun(): Promise<Uint8Array> {
  const options = { hiddenWidth: 4, hiddenLayers: 1, batch: 20, baseline: 'value', policy: 'squashed' };
  const config = configureTraining({ env: 'panda-reach', envOptions: { horizon: 8 }, seed: 3, options });
  const learner = learnerOf(config);
  for (const _ of trainOn(learner, { iterations: 2, untilSolved: false }));
  writeFileSync(policy, await encodePolicy(learner));
  const until = { episodes: 2 };
  const episodes = rollOut(learner, { seed: 3, purpose: 'recording', index: 0, until, deterministic: false });
  return recordingOf(learner.env, episodes, provenanceOf(learner));
}

interface Result {
  readonly identical: boolean;
  readonly claims: readonly string[];
  readonly difference: { readonly field: string } | null;
}

const print = vi.spyOn(process.stdout, 'write');
afterEach(() => {
  print.mockReset();
});

/** What the command says of a file; null where it refuses it. */
async function verified(bytes: Uint8Array, ...args: readonly string[]): Promise<Result | null> {
  writeFileSync(file, bytes);
  let text = '';
  print.mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  try {
    await verifyCommand().parseAsync([file, '--json', ...args], { from: 'user' });
    return JSON.parse(text) as Result;
  } catch (error) {
    if (!isExpected(error)) throw error;
    expect(error.message).not.toContain('\n');
    return null;
  } finally {
    print.mockReset();
    process.exitCode = undefined;
  }
}

/** The claim that a forged value belongs to, as the command names it. */
function claimOf({ place }: Forgery): string {
  return /^(?:header\.)?(\w+)/.exec(place)?.[1] ?? place;
}

const good = await recordingOfRun();
const old = new Uint8Array(readFileSync(new URL('./samples/panda-reach.safetensors', import.meta.url)));

describe('a file in which one value is forged and that is sealed again', () => {
  it('is whole before', async () => {
    expect(await verified(good)).toMatchObject({ identical: true, difference: null });
    expect(await verified(good, '--policy', policy)).toMatchObject({ identical: true, claims: [] });
    expect(await verified(old)).toMatchObject({ identical: true });
  });

  it('of a claim that the run does not make is told by the run', async () => {
    const recording = await decodeRecording(good, 'good');
    const forged = await encodeRecording({ ...recording, header: { ...recording.header, nSteps: 3 } });
    expect((await verified(forged))?.claims).toContain('nSteps');
    expect(await verified(forged, '--policy', policy)).toMatchObject({
      identical: false,
      difference: { field: 'header.nSteps' },
    });
  });

  it('of how training credited actions is told by the run, and not held against a file that does not tell', async () => {
    const recording = await decodeRecording(good, 'good');
    const credit = { bootstrap: false };
    const forged = await encodeRecording({ ...recording, header: { ...recording.header, credit } });
    expect((await verified(forged))?.claims).toContain('credit');
    expect(await verified(forged, '--policy', policy)).toMatchObject({
      identical: false,
      difference: { field: 'header.credit.bootstrap' },
    });
  });

  it.each([
    ['of today', good, 300],
    ['of version 1', old, 100],
  ])(
    'is not called identical, but for what is said to be a claim: a file %s',
    async (_, bytes, count) => {
      const found = { refused: 0, different: 0, claimed: 0 };
      for (const forgery of await forgeriesOf(bytes, count)) {
        const { place, before, after } = forgery;
        const what = `${place}: ${after} in place of ${before}`;
        const result = await verified(forgery.bytes);
        if (result === null) found.refused++;
        else if (!result.identical) found.different++;
        else {
          found.claimed++;
          // An action is known by what it does, an option likewise; the policy knows the rest of either.
          if (!/^(act\[|header\.env\.options)/.test(place)) expect(result.claims, what).toContain(claimOf(forgery));
          if (bytes === good && !(before === 'NaN' && after === 'NaN')) {
            expect(await verified(forgery.bytes, '--policy', policy), what).toMatchObject({ identical: false });
          }
        }
      }
      expect(Math.min(...Object.values(found)), JSON.stringify(found)).toBeGreaterThan(5);
    },
    120_000,
  );
});
