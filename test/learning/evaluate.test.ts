import { beforeAll, describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { observedJoints } from '../../envs/control/observe-joints.ts';
import type { EnvConfig } from '../../envs/env.ts';
import { episodeSeed } from '../../envs/math/random.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { UsageError } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { defineTask } from '../../envs/task.ts';
import { configureEnv, tasks } from '../../envs/tasks/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { type Controlled, controllers } from '../../src/rollout/controllers.ts';
import { learnerOf } from '../../src/train/config.ts';
import { evaluate, summarize } from '../../src/train/evaluate.ts';
import { heldOut } from '../../src/train/held-out.ts';
import { withSlowJoint } from '../envs/kinds.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { bytesOf, configOf } from './support.ts';

beforeAll(loadPhysics);

describe('an evaluation', () => {
  const env = probeEnv(randomLengths);
  const actor = actorOf(learnerOf(configOf(), { env }));

  it('is the same every time, and acts by the mean', () => {
    const [first, second] = [1, 2].map(() => evaluate(env, actor, { seed: 3, set: 1, episodes: 120 }));
    expect(second.trajectories.map(bytesOf)).toEqual(first.trajectories.map(bytesOf));
    expect(second.evaluation).toEqual(first.evaluation);
    for (const { act, mean } of first.trajectories) expect(Array.from(act)).toEqual(Array.from(mean, Math.fround));
  });

  it('has other goals for another seed or another set, and none of training', () => {
    const seedsOf = (goals: { seed: number; set: number }) =>
      evaluate(env, actor, { ...goals, episodes: 100 }).trajectories.map(({ seed }) => seed);
    const training = Array.from({ length: 100 }, (_, k) => episodeSeed(heldOut.seed, 'training', heldOut.set, k));
    const sets = [heldOut, { seed: 0, set: 1 }, { seed: 1, set: 1 }, { seed: 1, set: 0 }].map(seedsOf);
    expect(new Set([...sets.flat(), ...training]).size).toBe(500);
  });

  it('sums up the episodes', () => {
    const { evaluation, trajectories } = evaluate(env, actor, { seed: 0, set: 0, episodes: 50 });
    const mean = (of: (k: number) => number) => trajectories.reduce((sum, _, k) => sum + of(k), 0) / 50;
    expect(evaluation.episodes).toBe(50);
    expect(evaluation.steps).toBe(50 * mean((k) => trajectories[k].steps));
    expect(evaluation.meanLength).toBe(mean((k) => trajectories[k].steps));
    expect(evaluation.meanReturn).toBeCloseTo(
      mean((k) => trajectories[k].reward.reduce((a, b) => a + b, 0)),
      12,
    );
    // The probe's body stands where its point is, and its goal is the origin.
    const last = (k: number) => Math.abs(trajectories[k].obs[trajectories[k].steps * 2]);
    expect(evaluation.metrics.final_distance).toBeCloseTo(mean(last), 12);
    // It has no goal to reach, which is not the same as reaching none.
    expect(evaluation.successRate).toBeNull();
    const reachable = { ...env, spec: { ...env.spec, hasSuccess: true } };
    const [first, ...others] = trajectories.map((trajectory) => ({ ...trajectory, success: false }));
    expect(summarize(reachable, [{ ...first, success: true }, ...others]).successRate).toBe(1 / 50);
  });
});

/** Whether the controller takes the environment on. */
const envConfig = (task: string, options = {}) => configureEnv(task, { options });

function canRun(create: (config: EnvConfig) => Controlled, task: string): boolean {
  try {
    create(envConfig(task));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(task);
    return false;
  }
}

describe.each(Object.keys(controllers))('controller %s', (name) => {
  it('runs on the tasks that it is for, and names the others as an error', () => {
    const runsOn = Object.keys(tasks).filter((task) => canRun(controllers[name], task));
    expect(runsOn.length).toBeGreaterThan(0);
    for (const task of runsOn) {
      const { env, actor } = controllers[name](envConfig(task, { horizon: 5 }));
      const { trajectories } = evaluate(env, actor, { seed: 0, set: 1, episodes: 2 });
      for (const { act } of trajectories) expect(act.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the proportional controller', () => {
  const goals = { seed: 1, set: 1, episodes: 50 };
  const judge = (task: string, options = {}) => {
    const { env, actor } = controllers.proportional(envConfig(task, options));
    return { env, ...evaluate(env, actor, goals) };
  };

  it('reaches every goal of panda-reach, at the distance that the environment itself observes', () => {
    const { env, evaluation, trajectories } = judge('panda-reach');
    expect(evaluation.successRate).toBe(1);
    expect(evaluation.metrics.final_distance).toBeLessThan(env.spec.markers[0].radius ?? 0);
    for (const trajectory of trajectories) {
      const [achieved, desired] = [trajectory.obs.slice(-6, -3), trajectory.obs.slice(-3)];
      const distance = Math.hypot(...achieved.map((x, i) => x - desired[i]));
      // Poses and observations are float32.
      expect(env.metrics[0].of(trajectory)).toBeCloseTo(distance, 5);
    }
  });

  it('reaches every goal by the joints too, through inverse kinematics', () => {
    const { evaluation, trajectories } = judge('panda-reach-joints');
    expect(evaluation.successRate).toBe(1);
    // The same goals as without the joint angles in the observation: figures compare in pairs.
    const plain = judge('panda-reach');
    expect(trajectories.map(({ params }) => Array.from(params))).toEqual(
      plain.trajectories.map(({ params }) => Array.from(params)),
    );
  });

  it.each(['panda-reach', 'panda-reach-joints'])('reads %s where the observation has it', (task) => {
    expect(judge(task, { relativeGoal: true }).evaluation).toEqual(judge(task).evaluation);
  });

  it.each(Object.keys(arms))(
    'reaches every goal of reach and track with %s, by the joints or the end effector',
    (arm) => {
      for (const [task, options] of [
        ['reach', {}],
        ['reach', { control: 'end-effector' }],
        ['track', { horizon: 60 }],
      ] as const) {
        const { env, actor } = controllers.proportional(configureEnv(task, { arm, options }));
        const { evaluation } = evaluate(env, actor, { seed: 1, set: 1, episodes: 10 });
        expect(evaluation.successRate, `${task} ${JSON.stringify(options)}`).toBe(1);
      }
    },
  );

  it('turns the tip as well as it places it', () => {
    const { env, actor } = controllers.proportional(configureEnv('reach-pose', { arm: 'ur5e' }));
    const { evaluation } = evaluate(env, actor, { seed: 1, set: 1, episodes: 10 });
    expect(evaluation.metrics.goals_reached).toBe(100);
    expect(evaluation.metrics.final_angle).toBeLessThan(0.01);
  });

  it('asks each joint for the whole way, over its own step', () => {
    const { env, actor } = controllers.proportional(configureEnv('reach', { arm: withSlowJoint(arms.panda, 1) }));
    const { scale, scales = [] } = env.spec.controller;
    expect([scale, ...scales]).toEqual([0.1, 0.1, 0.35 * 0.04, 0.1, 0.1, 0.1, 0.1, 0.1]);
    const batch = env.open(1);
    batch.start(0, 4);
    const { mean } = actor.forward(batch.obs, 1);
    const there = observedJoints(arms.panda, batch.obs, 6).map((angle, i) => angle + scales[i] * mean[i]);
    const { position } = forwardKinematics(env.scene.arm, there).tip;
    expect(Math.hypot(...position.map((x, i) => x - batch.params[i]))).toBeLessThan(2e-3);
    batch.close();
    expect(evaluate(env, actor, { seed: 1, set: 1, episodes: 10 }).evaluation.successRate).toBe(1);
  });

  it('needs a goal and joints that it can read', () => {
    const task = tasks.reach;
    const without = (hidden: string) => {
      const seen = defineTask({
        ...task,
        create(arm, options) {
          const parts = task.create(arm, options);
          return { ...parts, obs: parts.obs.map((one) => (one.name === hidden ? { ...one, name: 'hidden' } : one)) };
        },
      });
      const registry = { tasks: { reach: seen }, arms, modules: { tasks: {}, arms: {} } };
      return () => controllers.proportional(configureEnv('reach', {}, registry), registry);
    };
    expect(without('goal')).toThrow(
      "the proportional controller needs the observation desired_goal or goal, in m or over the arm's reach, as panda-reach and reach have it; reach has none",
    );
    expect(without('q')).toThrow('the proportional controller needs joint angles observed');
    expect(without('velocity')).not.toThrow();
  });

  it('does not drive torques', () => {
    expect(() => controllers.proportional(envConfig('reacher'))).toThrow(UsageError);
  });
});
