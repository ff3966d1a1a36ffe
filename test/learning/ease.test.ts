import { beforeAll, describe, expect, it } from 'vitest';
import type { Ease, Env } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { offsetOf } from '../../envs/spec.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { provenanceInTraining, provenanceOf } from '../../src/run/recording.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { easeAt } from '../../src/train/ease.ts';
import { trainOn } from '../../src/train/train.ts';
import { distance, episodeBytes, randomAction, recorded, slotBytes, vec3 } from '../envs/support.ts';

beforeAll(loadPhysics);

const names = ['panda-push', 'panda-slide', 'panda-pick-and-place'];

/** An environment all of whose starts are easier. */
function eased(env: Env, ease: Ease): Env {
  return { ...env, open: (slots) => env.open(slots, ease) };
}

/** Where episodes begin: tip, object and goal, m, and the observation. */
function startsOf(env: Env, episodes = 60) {
  const batch = env.open(1);
  const at = env.spec.obs.some(({ name }) => name === 'gripper_width') ? 7 : 6;
  const starts = Array.from({ length: episodes }, (_, seed) => {
    batch.start(0, seed);
    return { tip: vec3(batch.obs), object: vec3(batch.obs, at), goal: vec3(batch.params), obs: batch.obs.slice() };
  });
  batch.close();
  return starts;
}

describe.each(names)('easier starts of %s', (name) => {
  const env = makeEnv(name);
  const radius = env.spec.markers[0].radius ?? 0;

  it('are the same to the last bit where they are not to be easier', () => {
    const shown = (of: Env) => {
      const batch = of.open(1);
      const starts = Array.from({ length: 5 }, (_, seed) => {
        batch.start(0, seed);
        return slotBytes(batch, 0).toString('base64');
      });
      batch.close();
      return starts;
    };
    expect(shown(eased(env, { distance: 1, assisted: 0 }))).toEqual(shown(env));
  });

  it('have goals in the direction of the own ones, from just out of the radius on', () => {
    const own = startsOf(env);
    for (const share of [0, 0.5]) {
      startsOf(eased(env, { distance: share, assisted: 0 })).forEach(({ object, goal, tip }, i) => {
        expect(object).toEqual(own[i].object);
        expect(tip).toEqual(own[i].tip);
        const [before, after] = [distance(own[i].object, own[i].goal), distance(object, goal)];
        const least = Math.min(before, 1.2 * radius);
        expect(after).toBeCloseTo(least + share * (before - least), 5);
        const along = own[i].goal.map((x, k) => (x - own[i].object[k]) / before);
        goal.forEach((x, k) => {
          expect(x).toBeCloseTo(object[k] + after * along[k], 5);
        });
      });
    }
  });

  it('have the hand where its work begins, in the share that is asked for', () => {
    const all = startsOf(eased(env, { distance: 1, assisted: 1 }));
    const held = all.filter(({ obs }) => name === 'panda-pick-and-place' && obs[6] < 0.05);
    for (const { tip, object, goal, obs } of all) {
      if (name === 'panda-pick-and-place') {
        expect(Math.hypot(tip[0] - object[0], tip[1] - object[1])).toBeLessThan(2e-3);
        expect(tip[2] - object[2]).toBeGreaterThan(-1e-3);
        expect(tip[2] - object[2]).toBeLessThan(obs[6] < 0.05 ? 1e-3 : 0.101);
        expect(obs[6]).toBeCloseTo(obs[6] < 0.05 ? 0.04 : 0.08, 4);
        expect(object[2]).toBeLessThan(0.221);
      } else {
        const away = Math.hypot(goal[0] - object[0], goal[1] - object[1]);
        const behind = [0, 1].map((k) => object[k] - (0.065 * (goal[k] - object[k])) / away);
        // Farther than that a hand that points down does not reach.
        const isInReach = Math.hypot(behind[0] + 0.6, behind[1]) < 0.76;
        expect(Math.hypot(tip[0] - behind[0], tip[1] - behind[1])).toBeLessThan(isInReach ? 2e-3 : 0.02);
        expect(tip[2]).toBeCloseTo(object[2], 2);
      }
    }
    if (name === 'panda-pick-and-place') {
      expect(held.length).toBeGreaterThan(18);
      expect(held.length).toBeLessThan(42);
      expect(Math.max(...held.map(({ object }) => object[2]))).toBeGreaterThan(0.15);
    }
    const own = startsOf(env, 200);
    const some = startsOf(eased(env, { distance: 1, assisted: 0.5 }), 200);
    const changed = some.filter(({ tip }, i) => distance(tip, own[i].tip) > 1e-3).length;
    expect(changed).toBeGreaterThan(70);
    expect(changed).toBeLessThan(130);
  });

  it.runIf(name === 'panda-pick-and-place')('hold what they begin with between the fingers', () => {
    const easy = eased(makeEnv(name, { options: { relative: true } }), { distance: 1, assisted: 1 });
    const at = offsetOf(easy.spec.obs, 'held');
    const batch = easy.open(1);
    for (let seed = 0; seed < 20; seed++) {
      batch.start(0, seed);
      const [isBetween, height] = [batch.obs[6] < 0.05, batch.obs[9]];
      for (let t = 0; t < 5; t++) batch.step(Float32Array.of(0, 0, 0, -0.3));
      if (!isBetween) continue;
      expect(batch.obs[at]).toBe(1);
      expect(height - batch.obs[9]).toBeLessThan(0.01);
    }
    batch.close();
  });

  it('begin episodes that have the same bytes in any slot, after any others', () => {
    const easy = eased(makeEnv(name, { options: { horizon: 15 } }), { distance: 0.3, assisted: 0.5 });
    const alone = easy.open(1);
    const expected = [31, 32, 33].map((seed) => episodeBytes(easy, alone, 0, seed).toString('base64'));
    alone.close();
    const batch = easy.open(4);
    const random = stream(2, 'noise');
    const found = [33, 31, 32].map((seed, k) =>
      episodeBytes(easy, batch, k + 1, seed, (t, act) => {
        act.set(randomAction(act.length, random));
        for (let slot = 0; slot < 4; slot++) if (slot !== k + 1 && t % 4 === slot) batch.start(slot, 50 + t);
      }).toString('base64'),
    );
    batch.close();
    expect(found).toEqual([expected[2], expected[0], expected[1]]);
  });

  it('are simulated again where a recording says so', () => {
    const ease = { distance: 0.2, assisted: 0.5 };
    const easy = eased(makeEnv(name, { options: { horizon: 6 } }), ease);
    const plan = { seedOf: (e: number) => e, until: { episodes: 4 }, deterministic: false };
    const recording = recorded(easy, randomActor(easy), plan);
    const own = makeEnv(name, { options: { horizon: 6 } });
    const said = { ...recording, header: { ...recording.header, ease } };
    expect(findDifference(own, said)).toBeNull();
    expect(findDifference(own, recording)).toMatchObject({ field: expect.stringMatching(/^(params|obs)/) });
  });
});

describe('a curriculum', () => {
  it('comes from the object to where the task has its goals, by the share of the budget that is spent', () => {
    const of = (goalCurriculum: number, assistedStarts: number, progress: number) =>
      easeAt({ goalCurriculum, assistedStarts }, progress);
    expect(of(0, 0, 0)).toBeUndefined();
    expect(of(0.5, 0, 0)).toEqual({ distance: 0, assisted: 0 });
    expect(of(0.5, 0, 0.25)).toEqual({ distance: 0.5, assisted: 0 });
    expect(of(0.5, 0, 0.5)).toBeUndefined();
    expect(of(0, 0.3, 0.9)).toEqual({ distance: 1, assisted: 0.3 });
  });

  const config = configureTraining({
    env: 'panda-pick-and-place',
    envOptions: { horizon: 8 },
    algorithm: 'ppo',
    seed: 3,
    steps: 240,
    options: {
      ...{ hiddenWidth: 4, hiddenLayers: 1, batch: 40, minibatch: 20, evalEvery: 80, evalEpisodes: 3 },
      ...{ goalCurriculum: 0.5, assistedStarts: 0.5 },
    },
  });

  it('is of training alone: evaluations have the starts of the task', () => {
    const env = makeEnv('panda-pick-and-place', { options: { horizon: 8 } });
    const opened: (number | null)[] = [];
    const watched: Env = {
      ...env,
      open(slots, ease) {
        opened.push(ease?.distance ?? null);
        return env.open(slots, ease);
      },
    };
    const history = [...trainOn(learnerOf(config, { env: watched }), { untilSolved: false })];
    expect(history.length).toBe(6);
    const evaluations = history.filter(({ evaluation }) => evaluation).length;
    expect(opened.filter((share) => share === null).length).toBe(evaluations);
    const shares = opened.filter((share) => share !== null);
    expect(shares.length).toBe(6);
    expect(shares.slice(0, 2)).toEqual([0, history[0].envSteps / 120]);
    expect(shares.slice(3)).toEqual([1, 1, 1]);
    // The held-out goals are those of a run without.
    const plan = { seedOf: () => 1, until: { episodes: 1 }, deterministic: true } as const;
    expect(collect(watched, randomActor(env), plan)[0].params).toEqual(collect(env, randomActor(env), plan)[0].params);
  });

  it('goes on from where it stood: a run that was stopped comes to the same bytes', async () => {
    const through = learnerOf(config);
    for (const _ of trainOn(through, { untilSolved: false }));
    const begun = learnerOf(config);
    const training = trainOn(begun, { untilSolved: false });
    for (let k = 0; k < 2; k++) training.next();
    const { learner } = await decodePolicy(await encodePolicy(begun), 'policy');
    for (const _ of trainOn(learner, { untilSolved: false }));
    expect(Buffer.compare(await encodePolicy(learner), await encodePolicy(through))).toBe(0);
    const plain = learnerOf({ ...config, options: { ...config.options, goalCurriculum: 0, assistedStarts: 0 } });
    for (const _ of trainOn(plain, { untilSolved: false }));
    expect(plain.theta).not.toEqual(through.theta);
  });

  it('stands in the recording of an episode of training', () => {
    const learner = learnerOf(config);
    const { env } = learner;
    const [episode] = collect(env, randomActor(env), {
      seedOf: () => 1,
      until: { episodes: 1 },
      deterministic: true,
    });
    expect(provenanceInTraining(learner, episode).ease).toEqual({ distance: 0, assisted: 0.5 });
    expect(provenanceOf(learner)).not.toHaveProperty('ease');
    learner.progress.envSteps = 60;
    expect(provenanceInTraining(learner, episode).ease).toEqual({ distance: 0.5, assisted: 0.5 });
  });

  it.each(['goalCurriculum', 'assistedStarts'])('is refused where a task knows no easier starts: %s', (option) => {
    const reach = configureTraining({ env: 'panda-reach', options: { [option]: 0.5 } });
    expect(() => learnerOf(reach)).toThrow(
      `${option} is for tasks that know easier starts, such as panda-push; panda-reach has none`,
    );
  });
});
