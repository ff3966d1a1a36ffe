import { availableParallelism } from 'node:os';
import '../../src/cli/engine.ts';
import { loadPhysicsFor } from '../../src/cli/physics.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import type { RollOut } from '../../src/rollout/episodes.ts';
import { createHands } from '../../src/rollout/workers/hands.ts';
import { createWorkerPool } from '../../src/rollout/workers/pool.ts';
import { configureTraining } from '../../src/train/config.ts';
import { createLearner, type Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { taskName } from './arms.ts';

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
const hands = createHands(workers);
const first = createLearner(config, hands.on(defaultBackend));
const crew = createWorkerPool(config, workers, { hands });
await loadPhysicsFor(config.steps);
const accounts: Accounts = {
  young: await account(first),
  warm: await account(createLearner(config, hands.on(defaultBackend))),
};
process.stdout.write(`${JSON.stringify(accounts)}\n`, () => process.exit());

async function account(learner: Learner): Promise<Account> {
  const spent = { training: 0, evaluation: 0 };
  let episodes = 0;
  const roll: RollOut = (of, plan) => {
    const start = performance.now();
    const done = crew.rollOut(of, plan);
    spent[plan.purpose as keyof typeof spent] += performance.now() - start;
    if (plan.purpose === 'training') episodes += done.length;
    return done;
  };
  const started = performance.now();
  for (const _ of trainOn(learner, { untilSolved: true }, roll)) await new Promise((resolve) => setImmediate(resolve));
  const { iteration, envSteps, evalSteps } = learner.progress;
  return {
    started,
    ...spent,
    learning: performance.now() - started - spent.training - spent.evaluation,
    steps: envSteps,
    episodes,
    evaluationSteps: evalSteps,
    iterations: iteration,
  };
}
