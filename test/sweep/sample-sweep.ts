import type { FoundVariant } from '../../src/sweep/conduct.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';
import { sweepPage } from '../../src/sweep/sweep-report.ts';
import { haveGoals, sweepResults } from '../../src/sweep/sweep-results.ts';
import { parseAxis } from '../../src/sweep/values.ts';
import { variantsOf } from '../../src/sweep/variants.ts';
import { builtIn } from '../../src/train/config.ts';

/** A sweep in which every variant does better than the one before. */
export async function pageOf(axes: readonly (readonly [key: string, text: string])[], given: Partial<SweepPlan> = {}) {
  const plan: SweepPlan = {
    isComparison: false,
    command: 'npx armature sweep',
    base: { env: 'panda-reach-joints', set: {}, options: {} },
    axes: axes.map(([key, text]) => parseAxis(key, text)),
    random: null,
    stages: 1,
    seeds: [0],
    goals: 10,
    robots: {},
    modules: [],
    ...given,
  };
  const variants = variantsOf(plan, builtIn);
  const half = variants.count / 2;
  const found = Array.from({ length: variants.count }, (_, index): FoundVariant => {
    const did = { steps: 60_000, solvedAt: null, meanReturn: index - 20, successRate: index / 100 };
    const stage = plan.stages > 1 && index < half ? 0 : plan.stages - 1;
    return { index, stage, runs: [{ seed: 0, ...did, seconds: 1, host: 'x' }], failures: [] };
  });
  found[0] = { index: 0, stage: found[0].stage, runs: [], failures: [{ seed: 0, reason: 'no <luck>' }] };
  const hasGoals = haveGoals(plan, variants, builtIn);
  const evaluations = [{ steps: 1000, success_rate: 0.5, return: -1 }];
  const results = await sweepResults(plan, variants, found, hasGoals, async () => evaluations);
  const openRun = (name: string, seed: number) => (seed === 0 ? `replay.html#${name}` : null);
  const provenance = { command: plan.command, software: 'armature', plotting: 'uPlot' };
  const page = sweepPage(results, provenance, { title: 'title', about: 'about', openRun });
  const section = (name: string) => page.sections.find((each) => each.name === name);
  return { results, page, section };
}
