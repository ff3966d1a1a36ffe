import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import type { Env } from '../../envs/env.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { Actor } from '../../src/policy/actor.ts';
import { withSlowJoint } from './kinds.ts';
import { everyCase, openEnv, recorded } from './support.ts';

beforeAll(loadPhysics);

/** Acts at random: zero mean and a wide sigma. */
function restless(env: Env): Actor {
  const size = width(env.spec.act);
  return {
    scaleSize: size,
    squashed: false,
    forward: (_obs, n) => ({
      mean: new Float64Array(n * size),
      scale: new Float64Array(n * size).fill(0.8),
      value: new Float64Array(n).fill(Number.NaN),
      sample: (noise) => Float32Array.from(noise, (e) => 0.8 * e),
      actionsOf: (sampled) => sampled,
      logProbability: () => new Float64Array(n),
    }),
  };
}

function record(env: Env, episodes: number, slots: number): Recording {
  const seedOf = (episode: number) => 100 + episode;
  return recorded(env, restless(env), { seedOf, until: { episodes }, slots, deterministic: false });
}

/** The recording with one episode changed. */
function altered({ header, episodes }: Recording, index: number, change: (e: Trajectory) => Partial<Trajectory>) {
  return {
    header,
    episodes: episodes.map((episode, e) => (e === index ? { ...episode, ...change(episode) } : episode)),
  };
}

/** A copy with the lowest bit of one number turned. */
function flipped<A extends Float32Array | Float64Array>(array: A, at: number): A {
  const copy = array.slice() as A;
  const bytes = new Uint8Array(copy.buffer, copy.byteOffset + at * copy.BYTES_PER_ELEMENT, copy.BYTES_PER_ELEMENT);
  bytes[0] ^= 1;
  return copy;
}

describe.each(everyCase)('replaying $task on $arm', ({ task, arm }) => {
  const env = openEnv(task, arm, { horizon: 12 });
  let recording: Recording;
  /** An episode in the middle that is long enough to change a step of. */
  let e = 0;

  beforeAll(() => {
    recording = record(env, 5, 2);
    e = recording.episodes.findIndex((episode, index) => index > 0 && episode.steps > 6);
    expect(e).toBeGreaterThan(0);
  });

  test('finds nothing in genuine recordings, however many ran side by side', () => {
    expect(findDifference(env, recording)).toBeNull();
    // More than one group of 64, from more slots than a replay has and from one.
    expect(findDifference(env, record(env, 70, 70))).toBeNull();
    expect(findDifference(env, record(env, 4, 1))).toBeNull();
  });

  test.each(['obs', 'pose'] as const)('reports a bit of %s of a state', (field) => {
    const size = recording.episodes[e][field].length / (recording.episodes[e].steps + 1);
    for (const [t, k] of [
      [0, 0],
      [4, size - 1],
    ]) {
      const found = findDifference(
        env,
        altered(recording, e, (x) => ({ [field]: flipped(x[field], t * size + k) })),
      );
      // A state other than the first is that after the step before it.
      expect(found).toMatchObject({ episode: e, step: t, field: `${field}[${k}]` });
      expect(found?.expected).not.toBe(found?.found);
    }
  });

  test.each(['reward', 'terms'] as const)('reports a bit of %s of a step', (field) => {
    const size = recording.episodes[e][field].length / recording.episodes[e].steps;
    const found = findDifference(
      env,
      altered(recording, e, (x) => ({ [field]: flipped(x[field], 3 * size + size - 1) })),
    );
    expect(found).toMatchObject({ episode: e, step: 3, field: `${field}[${size - 1}]` });
    const last = recording.episodes[e].steps - 1;
    const late = findDifference(
      env,
      altered(recording, e, (x) => ({ [field]: flipped(x[field], last * size) })),
    );
    expect(late).toMatchObject({ episode: e, step: last, field: `${field}[0]` });
  });

  test('reports the first step that another action leads astray', () => {
    const size = width(env.spec.act);
    const found = findDifference(
      env,
      altered(recording, e, ({ act }) => {
        const copy = act.slice();
        copy[3 * size] = copy[3 * size] > 0 ? -0.5 : 0.5;
        return { act: copy };
      }),
    );
    expect(found).toMatchObject({ episode: e });
    // The action of step 3 shows in its reward or in the state that follows it.
    expect(found?.step === 3 || found?.step === 4).toBe(true);
  });

  test("reports a goal and a seed that are not the episode's", () => {
    const goal = findDifference(
      env,
      altered(recording, e, (x) => ({ params: flipped(x.params, 1) })),
    );
    expect(goal).toMatchObject({ episode: e, step: 0, field: 'params[1]' });
    const seed = findDifference(
      env,
      altered(recording, e, (x) => ({ seed: x.seed + 1 })),
    );
    expect(seed).toMatchObject({ episode: e, step: 0, field: 'params[0]' });
  });

  test('reports another end and another success', () => {
    const last = recording.episodes[e].steps - 1;
    const { success, end } = recording.episodes[e];
    const other = end === 'terminated' ? 'truncated' : 'terminated';
    expect(
      findDifference(
        env,
        altered(recording, e, () => ({ end: other })),
      ),
    ).toEqual({
      episode: e,
      step: last,
      field: 'end',
      expected: other,
      found: end,
    });
    expect(
      findDifference(
        env,
        altered(recording, e, () => ({ success: !success })),
      ),
    ).toEqual({
      episode: e,
      step: last,
      field: 'success',
      expected: String(!success),
      found: String(success),
    });
  });

  test('reports an episode that is cut short or goes on too long', () => {
    const widths = {
      obs: width(env.spec.obs),
      act: width(env.spec.act),
      terms: env.spec.terms.length,
      pose: env.spec.bodies.length * 7,
      q: env.spec.joints?.length ?? 0,
      params: env.spec.paramsMove ? width(env.spec.params) : 0,
    };
    const cut = findDifference(
      env,
      altered(recording, e, (x) => ({
        steps: 5,
        obs: x.obs.slice(0, 6 * widths.obs),
        act: x.act.slice(0, 5 * widths.act),
        reward: x.reward.slice(0, 5),
        terms: x.terms.slice(0, 5 * widths.terms),
        pose: x.pose.slice(0, 6 * widths.pose),
        q: x.q.slice(0, 6 * widths.q),
        dq: x.dq.slice(0, 6 * widths.q),
        params: widths.params ? x.params.slice(0, 6 * widths.params) : x.params,
        contact_count: x.contact_count.slice(0, 6),
        contacts: x.contacts.slice(0, 8 * x.contact_count.slice(0, 6).reduce((sum, count) => sum + count, 0)),
      })),
    );
    expect(cut).toEqual({ episode: e, step: 4, field: 'last step', expected: 'true', found: 'false' });
    const more = <A extends Float32Array | Float64Array>(array: A, count: number): A => {
      const longer = (
        array instanceof Float32Array ? new Float32Array(array.length + count) : new Float64Array(array.length + count)
      ) as A;
      longer.set(array);
      return longer;
    };
    const { steps } = recording.episodes[e];
    const long = findDifference(
      env,
      altered(recording, e, (x) => ({
        steps: steps + 1,
        obs: more(x.obs, widths.obs),
        act: more(x.act, widths.act),
        reward: more(x.reward, 1),
        terms: more(x.terms, widths.terms),
        pose: more(x.pose, widths.pose),
        q: more(x.q, widths.q),
        dq: more(x.dq, widths.q),
        params: more(x.params, widths.params),
        contact_count: more(x.contact_count, env.spec.hasContacts ? 1 : 0),
      })),
    );
    expect(long).toEqual({ episode: e, step: steps - 1, field: 'last step', expected: 'false', found: 'true' });
  });

  test('reports the first of several, by episode and then by step', () => {
    const two = altered(
      altered(recording, e, (x) => ({ reward: flipped(flipped(x.reward, 2), 4) })),
      e - 1,
      (x) => ({ success: !x.success }),
    );
    expect(findDifference(env, two)).toMatchObject({ episode: e - 1, field: 'success' });
    const one = altered(recording, e, (x) => ({ reward: flipped(flipped(x.reward, 2), 4) }));
    expect(findDifference(env, one)).toMatchObject({ episode: e, step: 2, field: 'reward[0]' });
  });

  test('counts episodes across groups', () => {
    const many = record(env, 70, 16);
    const found = findDifference(
      env,
      altered(many, 66, (x) => ({ reward: flipped(x.reward, 0) })),
    );
    expect(found).toMatchObject({ episode: 66, step: 0, field: 'reward[0]' });
  });

  test('reports another spec, in the header', () => {
    const { header, episodes } = recording;
    const spec = { ...env.spec, obs: env.spec.obs.slice(1) };
    expect(findDifference(env, { header: { ...header, spec }, episodes })).toEqual({
      episode: null,
      step: null,
      field: 'header.spec.obs.0.name',
      expected: `"${spec.obs[0].name}"`,
      found: `"${env.spec.obs[0].name}"`,
    });
  });
});

test('a recording from before actions had scales of their own is compared without them', () => {
  const env = makeEnv('reach', { arm: withSlowJoint(arms.ur5e, 2), options: { horizon: 12 } });
  const recording = record(env, 2, 2);
  const { controller } = recording.header.spec;
  expect(controller.scales?.[2]).toBeCloseTo(0.014, 12);
  const withScales = (scales?: readonly number[]) => ({
    ...recording,
    header: { ...recording.header, spec: { ...recording.header.spec, controller: { ...controller, scales } } },
  });
  expect(findDifference(env, recording)).toBeNull();
  expect(findDifference(env, withScales())).toBeNull();
  expect(findDifference(env, withScales([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]))).toMatchObject({
    field: 'header.spec.controller.scales.2',
    expected: '0.1',
  });
  // Even ones have none, and say the same as ever.
  expect(openEnv('reach', 'ur5e').spec.controller).toEqual({ kind: 'joint-step', scale: 0.1, unit: 'rad' });
});
