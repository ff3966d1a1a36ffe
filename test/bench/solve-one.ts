import { availableParallelism } from 'node:os';
import { createWorkerPool } from '../../src/rollout/workers/pool.ts';
import { loadPhysicsFor } from '../../src/run/engine.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { policyPartsOf } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { taskName } from './arms.ts';
import { timingRollOuts } from './pools.ts';

/** One training run until solved in a process of its own, as `armature train` does it, with an account of its time in ms. */
export interface Account {
  readonly started: number;
  readonly training: number;
  readonly evaluation: number;
  readonly learning: number;
  readonly steps: number;
  readonly episodes: number;
  readonly evaluationSteps: number;
  readonly iterations: number;
}

/** The run, and the same one again in the process that it has warmed up. */
export interface Accounts {
  readonly young: Account;
  readonly warm: Account;
}

const config = configureTraining({ env: taskName, seed: Number(process.argv[2]) });
const workers = availableParallelism();
const first = learnerOf(config);
const pool = createWorkerPool(policyPartsOf(first.training), workers);
await loadPhysicsFor(config.steps);
const accounts: Accounts = {
  young: await account(first),
  warm: await account(learnerOf(config)),
};
process.stdout.write(`${JSON.stringify(accounts)}\n`, () => process.exit());

async function account(learner: Learner): Promise<Account> {
  const { roll, spent, episodes } = timingRollOuts(pool.rollOut);
  const started = performance.now();
  for (const _ of trainOn(learner, { untilSolved: true }, roll)) await new Promise((resolve) => setImmediate(resolve));
  const { iteration, envSteps, evalSteps } = learner.progress;
  return {
    started,
    ...spent,
    learning: performance.now() - started - spent.training - spent.evaluation,
    steps: envSteps,
    episodes: episodes.training,
    evaluationSteps: evalSteps,
    iterations: iteration,
  };
}
