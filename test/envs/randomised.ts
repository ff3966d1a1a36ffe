import { expect } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { applicableDynamics } from '../../envs/dynamics/applicable.ts';
import { dynamicsFields } from '../../envs/dynamics/fields.ts';
import type { DynamicsRanges } from '../../envs/dynamics/ranges.ts';
import type { Env } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import type { OptionValue } from '../../envs/options.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { episodeBytes, randomAction, taskOf } from './support.ts';

/** Wide ranges of everything but a delay, which hides what an action does at once. */
const wide: DynamicsRanges = {
  mass: [0.7, 1.4],
  'motor.stiffness': [0.4, 1.5],
  'motor.strength': [0.5, 1.2],
  payload: [0, 1],
  'noise.position': [0, 0.01],
  start: [0, 0.2],
  gravity: [0, 1],
  friction: [0.5, 1.5],
};

/** A task by default with everything random that it has to vary, but for the delay. */
export function randomisedEnv(name: string, arm: string, options: Readonly<Record<string, OptionValue>> = {}): Env {
  const task = taskOf(name, arms[arm], options);
  const applicable = applicableDynamics(task);
  const names = dynamicsFields.map((field) => field.name).filter((each) => applicable.includes(each) && wide[each]);
  return makeEnv(name, { arm, options, dynamics: Object.fromEntries(names.map((each) => [each, wide[each]])) });
}

/** An episode has the same bytes alone, and among others that end and begin around it. */
export function expectPurity(env: Env): void {
  const alone = env.open(1);
  const expected = episodeBytes(env, alone, 0, 42);
  expect(episodeBytes(env, alone, 0, 43).equals(expected)).toBe(false);
  expect(episodeBytes(env, alone, 0, 42).equals(expected)).toBe(true);
  alone.close();
  const full = env.open(8);
  const random = stream(2, 'noise');
  let seed = 5000;
  for (let slot = 0; slot < 8; slot++) full.start(slot, seed++);
  const found = episodeBytes(env, full, 5, 42, (t, act) => {
    act.set(randomAction(act.length, random));
    for (let slot = t % 3; slot < 8; slot += 3)
      if (slot !== 5 && (t % 4 === 0 || full.last[slot])) full.start(slot, seed++);
  });
  full.close();
  expect(found.equals(expected)).toBe(true);
}
