import { beforeAll, describe, expect, test } from 'vitest';
import { dynamicsNames } from '../../envs/dynamics/fields.ts';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, dynamicsOf, envOf } from '../../envs/tasks/index.ts';
import { totalReward } from '../../envs/trajectory.ts';
import { changesFor } from '../../src/robustness/changes.ts';
import { type Contestant, measure } from '../../src/robustness/measure.ts';
import { notesOf, robustnessPage, tableOf } from '../../src/robustness/report.ts';
import { controllers } from '../../src/rollout/controllers.ts';
import { evaluate } from '../../src/train/evaluate.ts';

beforeAll(loadPhysics);

const config = configureEnv('panda-reach-joints');
const { env, actor } = controllers.proportional(config);
const proportional: Contestant = { name: 'proportional', config: env.config, actor };
const goals = { seed: 0, set: 1, episodes: 12 };

describe('the changes', () => {
  test('are all there where all can be made, each once', () => {
    const all = changesFor(dynamicsNames);
    expect(all.map(({ name }) => name)).toEqual([
      ...[
        'nominal',
        'gravity',
        'mass',
        'payload',
        'motor.stiffness',
        'delay',
        'noise.position',
        'start',
        'start-far',
        'friction',
      ],
      'all',
    ]);
    expect(all.at(-1)?.dynamics).toEqual({
      mass: [1.2, 1.2],
      gravity: [1, 1],
      payload: [1, 1],
      'motor.stiffness': [0.5, 0.5],
      delay: [1, 1],
      'noise.position': [0.005, 0.005],
      start: [0.3, 0.3],
      friction: [0.7, 0.7],
    });
  });

  test('that a task does not have are left out, and so is what is then another', () => {
    const reacher = changesFor(dynamicsOf(configureEnv('reacher-easy')));
    expect(reacher.map(({ name }) => name)).toEqual([
      'nominal',
      'delay',
      'noise.position',
      'start',
      'start-far',
      'all',
    ]);
    const started = changesFor(['start']);
    expect(started.map(({ name }) => name)).toEqual(['nominal', 'start', 'start-far']);
  });
});

describe('a measurement', () => {
  const changes = changesFor(dynamicsOf(config)).filter(({ name }) => ['nominal', 'delay', 'all'].includes(name));
  const measured = (policies: readonly Contestant[], controller: Contestant | null = proportional) => {
    const opened: EnvConfig[] = [];
    const open = (each: EnvConfig) => {
      opened.push(each);
      return envOf(each);
    };
    return { opened, rows: [...measure(changes, { policies, controller, goals, open })] };
  };

  test('is on the same goals for everybody: two that are the same differ by nothing', () => {
    const { opened, rows } = measured([proportional, proportional]);
    for (const { policy, controller, difference } of rows) {
      expect(difference).toMatchObject({ mean: 0, runs: [0, 0] });
      expect(policy.return.runs[0]).toBe(controller?.return.mean);
      expect(policy.success?.mean).toBe(controller?.success?.mean);
      expect(policy.faults).toBe(0);
    }
    expect(opened.map(({ dynamics }) => dynamics)).toEqual(
      changes.flatMap(({ dynamics }) => {
        return new Array(3).fill(Object.keys(dynamics).length ? dynamics : undefined);
      }),
    );
  });

  test('has no return of goals on which the simulation diverged for anybody, which would cost less for it', () => {
    const nominal = changes.filter(({ name }) => name === 'nominal');
    let lost: Set<number> = new Set();
    const open = (each: EnvConfig): Env => {
      const env = envOf(each);
      const openBatch: Env['open'] = (slots, ease) => {
        const batch = env.open(slots, ease);
        const seeds: number[] = [];
        return {
          ...batch,
          start(slot, seed) {
            seeds[slot] = seed;
            batch.start(slot, seed);
          },
          step(act) {
            batch.step(act);
            seeds.forEach((seed, slot) => {
              if (lost.has(seed)) for (const flags of [batch.fault, batch.last]) flags[slot] = 1;
            });
          },
        };
      };
      return { ...env, open: openBatch };
    };
    const judge = () => [...measure(nominal, { policies: [proportional], controller: proportional, goals, open })][0];
    const whole = judge();
    const { trajectories } = evaluate(envOf(proportional.config), proportional.actor, goals);
    lost = new Set([trajectories[1].seed]);
    const found = judge();
    const kept = trajectories.filter((_, g) => g !== 1).map(totalReward);
    expect(found.policy.faults).toBe(1);
    expect(found.policy.return.mean).toBeCloseTo(kept.reduce((sum, value) => sum + value, 0) / kept.length, 12);
    expect(found.difference?.mean).toBe(0);
    expect(found.policy.return.mean).not.toBe(whole.policy.return.mean);
  });

  test('tells a late arm from a prompt one', () => {
    const [nominal, delay] = measured([proportional], null).rows;
    expect(nominal.controller).toBeNull();
    expect(nominal.policy.success?.mean).toBe(1);
    expect(delay.policy.return.mean).toBeLessThan(1.2 * nominal.policy.return.mean);
  });

  test('has a row of the table, and a mark of the picture, for every change', () => {
    const { rows } = measured([proportional, proportional]);
    const found = {
      env: config,
      engine: 'rapier',
      runs: ['a', 'b'],
      controller: 'proportional',
      goals,
      measured: rows,
    };
    const { columns, rows: cells } = tableOf(found);
    expect(columns).toEqual(['change', 'success', 'worst run', 'return', 'proportional', 'its return', 'difference']);
    for (const row of cells) expect(row.length).toBe(columns.length);
    expect(cells.map(([{ text }]) => text)).toEqual(changes.map(({ label }) => label));
    const [{ plots = [] }] = robustnessPage(found, 'armature', 'npx armature eval').sections;
    expect(plots.map(({ title }) => title)).toEqual(['Success', 'Return']);
    for (const { series } of plots) for (const { y } of series) expect(y.length).toBe(changes.length);
    expect(notesOf(found).join(' ')).toContain('other seeds of training');
    const alone = tableOf({ ...found, runs: ['a'], controller: null, measured: measured([proportional], null).rows });
    expect(alone.columns).toEqual(['change', 'success', 'return']);
  });
});
