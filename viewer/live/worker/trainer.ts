/** Training in a worker: the same code, and so the same parameters to the bit, as on the command line. */

import { snapshotOf } from '../../../src/rollout/acting-policy.ts';
import { encodePolicy } from '../../../src/run/encode-policy.ts';
import { runName } from '../../../src/run/recording.ts';
import { configureTraining, learnerOf } from '../../../src/train/config.ts';
import { isSolved } from '../../../src/train/held-out.ts';
import type { Learner } from '../../../src/train/learner.ts';
import { type Iteration, isFinished, type Limits, trainOn } from '../../../src/train/train.ts';
import type { Answer, Request, Trained } from './messages.ts';

export interface Trainer {
  /** Waits between two iterations, or goes on. */
  hold(held: boolean): void;
  /** The policy as it stands after a whole iteration. */
  save(): Promise<Answer>;
}

/** Begins at once, and tells of every iteration. */
export function createTrainer(
  { choice, untilSolved, iterations }: Extract<Request, { type: 'train' }>,
  tell: (answer: Answer) => void,
): Trainer {
  const { env, arm, algorithm, seed, steps, options } = choice;
  const config = configureTraining({ env, arm, algorithm, seed, steps, options });
  const learner = learnerOf(config);
  const limits: Limits = { untilSolved, iterations };
  tell({ type: 'begun', config });
  let held = false;
  let goOn = () => {};
  void run();
  return {
    hold(value) {
      held = value;
      if (!held) goOn();
    },
    save: async () => ({ type: 'saved', bytes: await encodePolicy(learner), name: `${runName(config)}.safetensors` }),
  };

  async function run(): Promise<void> {
    try {
      for (const iteration of trainOn(learner, limits)) {
        tell(trainedOf(learner, iteration, limits));
        // Messages come between two turns of the event loop.
        await new Promise((resolve) => setTimeout(resolve));
        while (held) {
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
        }
      }
    } catch (error) {
      tell({ type: 'failed', of: 'train', message: error instanceof Error ? error.message : String(error) });
    }
  }
}

function trainedOf(learner: Learner, iteration: Iteration, limits: Limits): Trained {
  const { training, evaluation, sigma } = iteration;
  return {
    type: 'trained',
    iteration: iteration.iteration,
    envSteps: iteration.envSteps,
    steps: learner.training.config.steps,
    meanReturn: training.meanReturn,
    success: training.successRate,
    sigma,
    evaluated: evaluation && { success: evaluation.successRate, meanReturn: evaluation.meanReturn },
    solved: isSolved(learner.progress),
    isFinished: isFinished(learner, limits),
    // Posting it copies it.
    snapshot: snapshotOf(learner),
  };
}
