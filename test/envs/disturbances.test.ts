import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Env } from '../../envs/env.ts';
import { disturbedSpec } from '../../envs/recording/disturbances.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording, recordingFormat } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSealed, encodeSealed } from '../../envs/recording/sealed.ts';
import { createDisturbances, disturbedDynamics } from '../../envs/sim/disturbances.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { SimulatedArms } from '../../envs/sim/simulation.ts';
import type { SimulatedState } from '../../envs/sim/state.ts';
import { width } from '../../envs/spec.ts';
import type { Disturbance, Trajectory } from '../../envs/trajectory.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { createOpenEpisode } from '../../src/rollout/open-episode.ts';
import { everyCase, openEnv } from './support.ts';

type Given = Omit<Disturbance, 't'>;

beforeAll(loadPhysics);

/** An episode of so many steps in which each step's hand does what is said. */
function play(env: Env, steps: number, hand: (t: number) => readonly Given[], spread = 1): Trajectory {
  const episode = createOpenEpisode(env, randomActor(env), 5, 1000);
  for (let t = 0; t < steps; t++) episode.step(hand(t), spread);
  const trajectory = episode.trajectory();
  episode.close();
  return trajectory;
}

async function fileOf(env: Env, ...episodes: Trajectory[]): Promise<Recording> {
  const { config, scene, spec } = env;
  const policy = { name: 'random', kind: 'random', trainedSteps: 0 };
  const header = { env: config, spec: disturbedSpec(spec), scene, gamma: 0.99, lambda: 1, policy };
  return decodeRecording(await encodeRecording({ header, episodes }), 'kept');
}

/** Something that can be done in an environment. */
function anything({ spec }: Env): fc.Arbitrary<Given> {
  const numbers = (size: number, low: number, high: number) =>
    fc.array(fc.double({ min: low, max: high, noNaN: true }), { minLength: size, maxLength: size });
  const force = fc.tuple(fc.constantFrom(...spec.bodies), numbers(3, -20, 20), numbers(3, -0.3, 0.3));
  const dynamics = fc
    .constantFrom(...disturbedDynamics.filter(({ name }) => name !== 'endless'))
    .chain(({ name, low, high }) => numbers(1, low, Math.min(high, 3)).map((values) => ({ name, values })));
  const goal = spec.params.length ? fc.constantFrom(...spec.params) : undefined;
  return fc.oneof(
    force.map(([target, f, at]): Given => ({ kind: 'force', target, values: [...f, ...at] })),
    dynamics.map(({ name, values }): Given => ({ kind: 'dynamics', target: name, values })),
    ...(goal
      ? [
          goal.chain(({ name, size }) =>
            numbers(size, 0.1, 0.4).map((values): Given => ({ kind: 'param', target: name, values })),
          ),
        ]
      : []),
  );
}

const last = (column: ArrayLike<number>, size: number) => Array.from(column).slice(-size);

describe('an episode that a hand plays in', () => {
  it.each(everyCase)('is simulated again to the same bits: $task on $arm', async ({ task, arm }) => {
    const env = openEnv(task, arm);
    const plan = fc.array(fc.array(anything(env), { maxLength: 2 }), { minLength: 8, maxLength: 8 });
    const [what] = fc.sample(plan, { numRuns: 1, seed: 3 });
    // A task's own rule would have ended some of these.
    const episode = play(env, 12, (t) => what[t] ?? []);
    const file = await fileOf(
      env,
      episode,
      play(env, 5, () => []),
    );
    expect(file.episodes.map(({ disturbances }) => disturbances?.length)).toEqual([what.flat().length + 2, 2]);
    expect(file.episodes[0].disturbances).toEqual(JSON.parse(JSON.stringify(episode.disturbances)));
    expect(findDifference(openEnv(task, arm), file)).toBeNull();
  });

  it('goes on past the horizon and past success, and ends by the hand', async () => {
    const env = openEnv('panda-reach-joints', 'panda', { horizon: 6, goalRadius: 1 });
    const episode = play(env, 20, () => []);
    expect([episode.steps, episode.success, episode.end]).toEqual([20, true, 'truncated']);
    expect(findDifference(env, await fileOf(env, episode))).toBeNull();
  });

  it.each([
    ['reach-pose', { goalSteps: 3, horizon: 9 }],
    ['reach', { goals: 3, horizon: 4 }],
    ['track', { horizon: 6 }],
  ] as const)('goes on where the goals of %s would have come to their end', async (task, options) => {
    const env = openEnv(task, 'ur5e', options);
    const episode = play(env, 40, () => []);
    expect(episode.steps).toBe(40);
    expect(findDifference(env, await fileOf(env, episode))).toBeNull();
  });

  it('rests at its goal for as long as nothing is done', () => {
    const env = openEnv('reach', 'panda', { horizon: 5, goalRadius: 1 });
    const { pose, steps } = play(env, 30, () => [], 0);
    const size = pose.length / (steps + 1);
    const [early, late] = [15, 30].map((t) => Array.from(pose.subarray(t * size, (t + 1) * size)));
    expect(Math.max(...early.map((value, i) => Math.abs(value - late[i])))).toBeLessThan(1e-3);
  });

  it.each([
    ['of a step that there is not', (all: Disturbance[][]) => [[{ ...all[0][0], t: 99 }], []], 4],
    ['of half a step', (all: Disturbance[][]) => [[{ ...all[0][0], t: 1.5 }], []], 4],
    ['of a step before the first', (all: Disturbance[][]) => [[{ ...all[0][0], t: -1 }], []], 4],
    ['of fewer episodes', (all: Disturbance[][]) => [all[0]], 4],
    ['of more episodes', (all: Disturbance[][]) => [...all, []], 4],
    ['in a file that cannot have any', (all: Disturbance[][]) => all, 2],
  ] as const)('is refused %s', async (_, change, version) => {
    const env = openEnv('panda-reach-joints');
    const { header, episodes } = await fileOf(
      env,
      play(env, 5, () => []),
      play(env, 5, () => []),
    );
    const bytes = await encodeRecording({ header, episodes });
    const { tensors, metadata } = await decodeSealed(recordingFormat, bytes, 'kept');
    const { format: _f, version: _v, checksum: _c, disturbances, ...rest } = metadata;
    const forged = { ...rest, disturbances: JSON.stringify(change(JSON.parse(disturbances))) };
    const file = await encodeSealed({ ...recordingFormat, version }, tensors, forged);
    await expect(decodeRecording(file, 'forged')).rejects.toThrow(/^forged: .*disturbances/);
  });

  it('differs as soon as what the hand did is told otherwise', async () => {
    const env = openEnv('panda-reach-joints');
    const push: Given = { kind: 'force', target: 'link7', values: [10, 0, 0, -0.2, 0, 0.3] };
    const file = await fileOf(
      env,
      play(env, 10, (t) => (t === 4 ? [push] : [])),
    );
    const [episode] = file.episodes;
    const told = (change: (all: readonly Disturbance[]) => readonly Disturbance[]) => {
      const changed = { ...episode, disturbances: change(episode.disturbances ?? []) };
      return findDifference(env, { ...file, episodes: [changed] });
    };
    expect(told((all) => all)).toBeNull();
    const weaker = { ...push, t: 4, values: [9.999, 0, 0, -0.2, 0, 0.3] };
    expect(told((all) => all.map((one) => (one.kind === 'force' ? weaker : one)))).toMatchObject({ step: 4 });
    expect(told((all) => all.filter(({ kind }) => kind !== 'force'))).toMatchObject({ step: 4 });
    expect(told((all) => all.filter(({ kind }) => kind !== 'reset'))).toMatchObject({ field: 'last step' });
  });

  it('is named where it cannot be simulated', () => {
    const env = openEnv('panda-reach-joints');
    const act = (given: Given) => () => play(env, 1, () => [given]);
    expect(act({ kind: 'force', target: 'elbow', values: [0, 0, 0, 0, 0, 0] })).toThrow(/found elbow/);
    expect(act({ kind: 'force', target: 'link3', values: [0, 0] })).toThrow(/expected 6 values of link3, found 2/);
    expect(act({ kind: 'dynamics', target: 'strength', values: [2] })).toThrow(/strength from 0 to 1, found 2/);
    expect(act({ kind: 'param', target: 'goal', values: [Number.NaN, 0, 0] })).toThrow(/found NaN/);
    expect(act({ kind: 'pose', target: 'link3', values: [] })).toThrow(/found pose/);
  });

  it('is a rollout file of version 4, where joints are not told of of version 3, and without a hand of version 2', async () => {
    const env = openEnv('panda-reach-joints');
    const { header, episodes } = await fileOf(
      env,
      play(env, 3, () => []),
    );
    const versionOf = async (recording: Recording) =>
      /"version":"(\d)"/.exec(new TextDecoder().decode((await encodeRecording(recording)).subarray(0, 200)))?.[1];
    expect(await versionOf({ header, episodes })).toBe('4');
    const { joints: _, ...spec } = header.spec;
    const silent = { ...header, spec };
    expect(await versionOf({ header: silent, episodes })).toBe('3');
    const alone = episodes.map(({ disturbances: _, ...rest }) => rest);
    expect(await versionOf({ header: silent, episodes: alone })).toBe('2');
  });
});

describe('what a hand does', () => {
  const env = openEnv('panda-reach-joints');
  const tipOf = ({ obs }: Trajectory) => last(obs, width(env.spec.obs)).slice(0, 3);
  const rest = (steps: number, hand: (t: number) => readonly Given[]) =>
    tipOf(play(openEnv('reach', 'panda'), steps, hand, 0));

  it('pushes the arm, which stands where nothing pushes', () => {
    const push: Given = { kind: 'force', target: 'link7', values: [0, 60, 0, 0, 0, 0.6] };
    const actor = randomActor(env);
    const still = { ...actor, forward: (obs: Float32Array, n: number) => zeros(actor.forward(obs, n)) };
    const movedBy = (given: readonly Given[]) => {
      const episode = createOpenEpisode(env, still, 5, 100);
      for (let t = 0; t < 10; t++) episode.step(given, 0);
      const { obs } = episode.trajectory();
      return Math.abs(tipOf(episode.trajectory())[1] - obs[1]);
    };
    expect(movedBy([push])).toBeGreaterThan(0.003);
    expect(movedBy([])).toBeLessThan(1e-4);
  });

  it.each<[string, number]>([
    ['gravity', 0],
    ['payload', 5],
    ['strength', 0.05],
    ['noise', 0.1],
    ['delay', 4],
  ])('%s of %d moves the arm otherwise', (target, value) => {
    const hand: Given = { kind: 'dynamics', target, values: [value] };
    expect(rest(20, (t) => (t === 0 ? [hand] : []))).not.toEqual(rest(20, () => []));
  });
});

it('an action comes to the motors so many steps later as the delay is by then', () => {
  const { scene, spec } = openEnv('panda-reach-joints');
  const delay = fc.integer({ min: 0, max: 50 });
  fc.assert(
    fc.property(fc.array(delay, { minLength: 60, maxLength: 160 }), (delays) => {
      const disturbances = createDisturbances({ scene, params: spec.params });
      const simulation = { strengthen() {}, push() {} } as unknown as SimulatedArms;
      const state = { site: () => ({ position: [0, 0, 0] }) } as unknown as SimulatedState;
      disturbances.clear();
      const come = delays.map((steps, t) => {
        disturbances.take([{ t, kind: 'dynamics', target: 'delay', values: [steps] }], simulation, 0, state);
        const action = Float64Array.of(t + 1);
        disturbances.delay(action);
        return action[0];
      });
      expect(come).toEqual(delays.map((steps, t) => Math.max(0, t + 1 - steps)));
    }),
  );
});

/** The output of an actor that asks for nothing. */
function zeros<T extends { mean: Float64Array }>(output: T): T {
  output.mean.fill(0);
  return {
    ...output,
    sample: (noise: Float64Array) => new Float32Array(noise.length),
    actionsOf: (a: Float32Array) => a,
  };
}
