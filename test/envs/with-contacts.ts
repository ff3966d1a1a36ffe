import { expect, it } from 'vitest';
import type { Env } from '../../envs/env.ts';
import type { OptionValue } from '../../envs/options.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { testContract } from './contract.ts';
import { openEnv, recorded } from './support.ts';

/** A task with contacts, and with what they cost. */
export function touching(name: string, arm: string, options: Record<string, OptionValue> = {}): Env {
  return openEnv(name, arm, { contacts: true, contactCost: 0.01, ...options });
}

/** Tests of what a task keeps to that has contacts if asked for. */
export function testWithContacts(name: string, arm: string): void {
  const brief = Object.entries({ horizon: 50, goalSteps: 20 }).filter(([option]) => option in tasks[name].options);
  testContract(touching(name, arm, Object.fromEntries(brief)), touching(name, arm, { horizon: 2 }));

  it('is otherwise the task that it is without', () => {
    const [with_, without] = [touching(name, arm), openEnv(name, arm)];
    expect(with_.spec).toEqual({ ...without.spec, hasContacts: true, terms: [...without.spec.terms, 'contact'] });
    expect(without.scene.contacts).toBeUndefined();
    expect(with_.scene.arm.model.joints).toEqual(without.scene.arm.model.joints);
    expect(with_.metrics.map((metric) => metric.name)).toContain('contact_force');
  });

  it('is simulated again to the same bytes', () => {
    const env = touching(name, arm, { horizon: 30 });
    const plan = { seedOf: (e: number) => e, until: { episodes: 6 }, slots: 4, deterministic: false };
    expect(findDifference(env, recorded(env, randomActor(env), plan))).toBeNull();
  });
}
