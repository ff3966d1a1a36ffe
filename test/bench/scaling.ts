import { availableParallelism } from 'node:os';
import { stream } from '../../envs/math/random.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { initialParameters } from '../../src/policy/policy.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { bareCost, physicsOf, rolloutCost, targetsOf, taskLearner, taskName } from './arms.ts';
import { byQueue, byQueueAndEvaluation } from './busy.ts';
import { interleave, spread, timedOften } from './measure.ts';
import { poolCost, readyPool } from './pools.ts';
import type { Grid, Section } from './report.ts';

/** How the cost of a step changes with the size of things: it is to stay flat, or fall. */
export async function scalingSection(rounds: number): Promise<Section> {
  const few = Math.max(1, Math.ceil(rounds / 2));
  const both = learners();
  return {
    name: 'scaling',
    title: 'Scaling: the cost of a step is to stay flat or to fall',
    figures: [],
    grids: [
      byArms(few),
      byHorizon(few),
      await byWorkers(few),
      byQueue(both, 1000),
      byQueueAndEvaluation(both, 1000),
      byWidth(few),
    ],
    notes: [],
  };
}

const median = (samples: readonly number[]) => spread(samples).median;

function byArms(rounds: number): Grid {
  const counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
  const learner = taskLearner({ horizon: 25 });
  const physics = physicsOf();
  let index = 0;
  const ways = counts.flatMap((slots) => {
    const targets = targetsOf(physics, slots, slots < 16 ? 50 : 10);
    const plan = { slots, episodes: Math.max(slots, 16) };
    return [
      [`bare ${slots}`, () => bareCost(physics, targets)],
      [`full ${slots}`, () => rolloutCost(learner, { ...plan, index: index++ })],
    ] as const;
  });
  const samples = interleave(rounds, Object.fromEntries(ways), 1);
  return {
    title: 'Arms in a world, us per arm and control step; episodes of 25 steps',
    heads: ['arms', 'rollout', 'bare world.step()', 'ratio'],
    rows: counts.map((slots) => {
      const [full, bare] = [median(samples[`full ${slots}`]), median(samples[`bare ${slots}`])];
      return [String(slots), full, bare, bare / full];
    }),
  };
}

function byHorizon(rounds: number): Grid {
  const horizons = [10, 50, 250, 1000];
  let index = 0;
  const ways = horizons.map((horizon) => {
    const learner = taskLearner({ horizon });
    const plan = { slots: 16, episodes: horizon < 100 ? 64 : 16 };
    return [String(horizon), () => rolloutCost(learner, { ...plan, index: index++ })] as const;
  });
  const samples = interleave(Math.min(rounds, 3), Object.fromEntries(ways), 1);
  return {
    title: 'Horizon, us per arm and control step; 16 arms, resets included',
    heads: ['steps', 'rollout'],
    rows: horizons.map((horizon) => [String(horizon), median(samples[String(horizon)])]),
  };
}

async function byWorkers(rounds: number): Promise<Grid> {
  const counts = Array.from({ length: availableParallelism() }, (_, i) => i + 1);
  const learner = taskLearner();
  const pools = await Promise.all(counts.map((workers) => readyPool(learner, workers)));
  let index = 0;
  const ways = counts.map((workers, i) => [String(workers), () => poolCost(pools[i], learner, 200, index++)] as const);
  const samples = interleave(rounds, Object.fromEntries(ways), 1);
  for (const pool of pools) pool.close();
  const one = samples['1'];
  return {
    title: 'Threads, 200 episodes of 50 steps',
    heads: ['threads', 'steps/s', 'times one'],
    rows: counts.map((workers) => {
      const cost = samples[String(workers)];
      return [String(workers), 1e6 / median(cost), median(one.map((us, i) => us / cost[i]))];
    }),
  };
}

/** Of the first batch, and once the task is solved. */
function learners(): Readonly<Record<string, Learner>> {
  const make = () => learnerOf(configureTraining({ env: taskName }));
  const solved = make();
  for (const _ of trainOn(solved, { untilSolved: true }));
  return { 'first batch': make(), solved };
}

function byWidth(rounds: number): Grid {
  const widths = [32, 64, 128, 256, 512];
  const n = 1000;
  const ways = widths.map((width) => {
    const shape = [12, width, width, 7];
    const random = stream(1, 'noise');
    const network = defaultBackend.network(shape);
    const theta = initialParameters(shape, random, 1);
    const [x, u] = [n * 12, n * 7].map((length) => Float64Array.from({ length }, () => random.normal()));
    const step = () => {
      network.forward(theta, x, n);
      network.vjp(u);
    };
    return [String(width), () => timedOften(step, 20)] as const;
  });
  const samples = interleave(rounds, Object.fromEntries(ways), 1);
  return {
    title: `Width of the hidden layers, forward and vjp of ${n.toLocaleString('en-US')} rows`,
    heads: ['units', 'ms', 'ns per row and weight'],
    rows: widths.map((width) => {
      const ms = median(samples[String(width)]);
      return [String(width), ms, (1e6 * ms) / n / ((12 + 7 + width) * width)];
    }),
  };
}
