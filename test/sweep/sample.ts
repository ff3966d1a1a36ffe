import { stream } from '../../envs/math/random.ts';
import { envOf } from '../../envs/tasks/index.ts';
import type { Comparison, Run } from '../../src/sweep/comparison.ts';
import type { Provenance } from '../../src/sweep/comparison-report.ts';
import { configureTraining } from '../../src/train/config.ts';

/** Made-up comparisons that look like real ones, of any algorithms. */
export function samplePlan(names: readonly string[], given: { env?: string; seeds?: number } = {}): Comparison {
  const { env, options, steps } = configureTraining({ env: given.env ?? 'panda-reach-joints', algorithm: 'reinforce' });
  return {
    env,
    algorithms: names.map((name) => ({ name, options })),
    seeds: Array.from({ length: given.seeds ?? 10 }, (_, seed) => seed),
    steps,
    goals: 500,
    hasGoals: envOf(env).spec.hasSuccess,
  };
}

/** Every algorithm learns a little slower than the one before; the last seed of the last one fails. */
export function sampleRuns(plan: Comparison): Run[] {
  return plan.algorithms.flatMap(({ name }, a) =>
    plan.seeds.map((seed) => {
      const noise = stream(1000 * a + seed, 'noise');
      const fails = a === plan.algorithms.length - 1 && seed === plan.seeds.length - 1;
      const pace = (fails ? 90_000 : 4000 + 2500 * a) * (1 + 0.25 * noise.normal());
      const evaluations = Array.from({ length: 40 }, (_, i) => {
        const steps = Math.round(((i + 1) * plan.steps) / 40) + noise.below(30);
        const missed = Math.exp(-steps / pace);
        const successRate = Math.min(
          1,
          Math.max(0, Math.round(100 * (1 - missed) + 2 * noise.normal() * missed) / 100),
        );
        const meanReturn = -0.26 - 1.3 * missed * (1 + 0.1 * noise.normal());
        return { steps, success_rate: plan.hasGoals ? successRate : null, return: meanReturn };
      });
      const solvedAt = fails || !plan.hasGoals ? null : Math.round(4 * pace);
      const { success_rate: successRate, return: meanReturn } = evaluations[evaluations.length - 1];
      return { algorithm: name, seed, evaluations, solvedAt, successRate, meanReturn, wall: 20 + noise.uniform() };
    }),
  );
}

export const sampleProvenance: Provenance = {
  command: "npx armature compare --env panda-reach-joints --set 'a=<b>'",
  software: 'armature 0.0.0',
  plotting: 'uPlot 1.6',
};
