import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { contactsIn, type Trajectory } from '../../envs/trajectory.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { pack, unpack } from '../../src/rollout/workers/transfer.ts';
import { crowd } from '../envs/crowd.ts';

beforeAll(loadPhysics);

const env = crowd(20);
const policy = { name: 'random', kind: 'controller', trainedSteps: 0 };
const header: RecordingHeader = { env: env.config, spec: env.spec, scene: env.scene, gamma: 1, lambda: 1, policy };
const plan = { seedOf: (k: number) => 40 + k, until: { episodes: 6 }, deterministic: false };
const record = (slots = 4) => collect(env, randomActor(env), { ...plan, slots });

describe('contacts in a recording', () => {
  it('are a row for every point at which bodies touch, in any number of slots', () => {
    const episodes = record();
    expect(record(1)).toEqual(episodes);
    for (const { steps, contact_count: counts, contacts } of episodes) {
      expect(counts).toHaveLength(steps + 1);
      // Nothing has been solved yet.
      expect(counts[0]).toBe(0);
      expect(contacts).toHaveLength(8 * counts.reduce((sum, count) => sum + count, 0));
      for (let at = 0; at < contacts.length; at += 8) {
        const [a, b, , , z, ...force] = contacts.subarray(at, at + 8);
        expect(a).toBeLessThan(b);
        expect(Math.hypot(...force)).toBeGreaterThan(0);
        expect(Math.abs(z)).toBeLessThan(1);
      }
    }
    expect(episodes.some((episode) => contactsIn(episode) > 100)).toBe(true);
  });

  it('cross to another thread and into a file and back as they were, and are verified', async () => {
    const episodes = record();
    const indexed = episodes.map((trajectory, episode) => ({ episode, trajectory }));
    expect(unpack(structuredClone(pack(indexed, env.spec, randomActor(env))), env.spec)).toEqual(indexed);
    const bytes = await encodeRecording({ header, episodes });
    const decoded = await decodeRecording(bytes, 'file');
    expect(decoded).toEqual({ header, episodes });
    expect(await encodeRecording(decoded)).toEqual(bytes);
    expect(decodeSafetensors(bytes, 'file').tensors.contacts.shape[1]).toBe(8);
    expect(findDifference(env, decoded)).toBeNull();
  });

  it('that are not those of the simulation are found, at the state that has them', () => {
    const [first, ...rest] = record();
    const t = first.contact_count.findIndex((count) => count > 0);
    const contacts = first.contacts.slice();
    contacts[7] += 1e-3;
    expect(findDifference(env, { header, episodes: [{ ...first, contacts }, ...rest] })).toMatchObject({
      episode: 0,
      step: t,
      field: 'contacts[7]',
    });
    const counts = first.contact_count.slice();
    counts[t] -= 1;
    counts[t - 1] += 1;
    const moved = { ...first, contact_count: counts };
    expect(findDifference(env, { header, episodes: [moved, ...rest] })).toMatchObject({ field: 'contact_count' });
  });

  it.each<[string, (episode: Trajectory) => Partial<Trajectory>, string]>([
    ['a count that is none', ({ contact_count: c }) => ({ contact_count: c.map(() => Number.NaN) }), 'contact_count'],
    ['fewer rows than counted', ({ contacts }) => ({ contacts: contacts.subarray(8) }), 'contacts'],
    [
      'a body that there is not',
      ({ contacts }) => ({ contacts: contacts.map((x, i) => (i === 1 ? 99 : x)) }),
      'contacts',
    ],
  ])('with %s make no file that opens', async (_, change, place) => {
    const [first] = record();
    const write = async () =>
      decodeRecording(await encodeRecording({ header, episodes: [{ ...first, ...change(first) }] }), 'file');
    await expect(write()).rejects.toThrow(place);
  });
});
