import { algorithms } from '../../src/algorithms/index.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { bareCost, physicsOf, resetCost, targetsOf, taskName } from './arms.ts';
import { interleave, over, spread, timed } from './measure.ts';
import { phases, profileOf } from './profile.ts';
import { pushIterations } from './push.ts';
import type { Section } from './report.ts';

/** Iterations in a round: as many as it takes to come to an evaluation. */
const iterations = 4;

/** Where an iteration of training goes, and what each algorithm's costs. */
export async function iterationSection(rounds: number): Promise<Section> {
  const learner = freshLearner('reinforce');
  const physics = physicsOf();
  const targets = targetsOf(physics, 20, 50);
  const floors: number[] = [];
  const totals: number[] = [];
  const spent = phases.map(() => 0);
  train(learner, 2 * iterations);
  for (let round = 0; round < rounds; round++) {
    const profile = profileOf(learner);
    const took = timed(() => train(learner, iterations, profile.roll));
    profile.release();
    phases.forEach((phase, i) => {
      spent[i] += profile.spent[phase];
    });
    const { steps, episodes } = profile.counts;
    totals.push((took - profile.spent.evaluation) / iterations);
    const reset = resetCost(learner.env, 20, 4);
    floors.push((steps * bareCost(physics, targets) + episodes * reset) / 1000 / iterations);
  }
  const push = await pushIterations(Math.ceil(rounds / 3));
  return {
    name: 'iteration',
    title: `Iteration: reinforce on ${taskName}, a batch of 1,000 steps, one thread`,
    figures: [
      {
        name: 'iteration without evaluation',
        unit: 'ms',
        samples: totals,
        floor: { name: 'its steps and resets in Rapier', samples: floors },
        ratio: over(totals, floors),
        bar: { of: 'ratio', is: 'at most', limit: 1.5 },
      },
      push.figure,
    ],
    grids: [shares(spent, rounds * iterations), updates(rounds), push.grid],
    notes: ['A phase is timed by wrapping what does the work, without what it calls on of another phase.'],
  };
}

function freshLearner(algorithm: string): Learner {
  return learnerOf(configureTraining({ env: taskName, algorithm, steps: 1e7 }));
}

function train(learner: Learner, count: number, roll?: Parameters<typeof trainOn>[2]): void {
  const limits = { iterations: learner.progress.iteration + count, untilSolved: false };
  for (const _ of trainOn(learner, limits, roll));
}

function shares(spent: readonly number[], count: number) {
  const total = spent.reduce((sum, ms) => sum + ms, 0);
  return {
    title: 'Where the time goes',
    heads: ['', 'ms an iteration', 'share'],
    rows: phases.map((phase, i) => [phase, spent[i] / count, `${((100 * spent[i]) / total).toFixed(1)} %`]),
  };
}

/** What the algorithm's own update takes of an iteration. */
function updates(rounds: number) {
  const rows = Object.keys(algorithms).map((name) => {
    const learner = freshLearner(name);
    train(learner, 2);
    const { update } = interleave(Math.min(rounds, 4), { update: () => updateCost(learner) }, 0);
    return [name, learner.training.options.batch, spread(update).median];
  });
  return { title: "The algorithms' own updates", heads: ['', 'batch', 'ms'], rows };
}

function updateCost(learner: Learner): number {
  const profile = profileOf(learner);
  train(learner, 1, profile.roll);
  profile.release();
  return profile.spent.gradient;
}
