import { defineOptions, type Values } from '../../envs/options.ts';

const usualEvalEvery = 1500;

/** Episodes of no more steps than this leave evaluations at their usual places. */
const usualHorizon = 50;

/** Training steps between evaluations: those of a hundred long episodes take longer than the training between them would. */
export function evalEveryFor(horizon: number): number {
  return horizon <= usualHorizon ? usualEvalEvery : 100 * horizon;
}

/** What every algorithm shares: how batches are made, what their actions are credited with, and how they change the policy. */
export const trainOptions = defineOptions({
  policy: {
    default: 'diagonal',
    choices: ['diagonal', 'fixed', 'state-diagonal', 'full', 'squashed'],
    description: 'family of action distributions',
  },
  initialLogSigma: { default: -0.7, low: -10, high: 5, description: 'log sigma of the first policy' },
  hiddenWidth: { default: 64, low: 1, high: 4096, integer: true, description: 'units in a hidden layer' },
  hiddenLayers: { default: 2, low: 0, high: 16, integer: true, description: 'hidden layers of the network' },
  batch: { default: 1000, low: 1, high: 1e7, integer: true, description: 'training steps per iteration, at least' },
  batchGrowth: {
    default: 0.04,
    low: 0,
    high: 1,
    description: 'share of the training steps so far that a batch has at least, up to four times the batch',
  },
  batchEpisodes: {
    default: 0,
    low: 0,
    high: 1e6,
    integer: true,
    description: 'episodes per iteration, instead of steps, where not 0',
  },
  cutAfter: {
    default: 0,
    low: 0,
    high: 1e6,
    integer: true,
    description: 'cut training episodes off after so many steps, where not 0, as a time limit does',
  },
  goalCurriculum: {
    default: 0,
    low: 0,
    high: 1,
    description:
      'of tasks with an object: goals of training begin next to it, and are where the task has them after this share of the budget',
  },
  assistedStarts: {
    default: 0,
    low: 0,
    high: 1,
    description: 'of tasks with an object: share of training episodes that begin with the hand where its work begins',
  },
  divide: {
    default: 'steps',
    choices: ['steps', 'episodes', 'batch'],
    description: "what the gradient's sum is divided by: the steps or episodes there are, or the batch asked for",
  },
  gamma: { default: 0.9, low: 0, high: 1, description: 'discount' },
  discountWeighting: {
    default: false,
    description: 'weigh step t by gamma^t, as the gradient of the discounted objective does',
  },
  returns: {
    default: 'to-go',
    choices: ['to-go', 'full'],
    description: 'credit an action with what follows it, or with the whole episode',
  },
  baseline: {
    default: 'value',
    choices: ['none', 'mean', 'per-step', 'linear', 'value'],
    description: 'what is subtracted from the return',
  },
  advantage: {
    default: 'gae',
    choices: ['monte-carlo', 'td', 'gae', 'n-step'],
    description:
      'return less baseline (the default where the baseline knows no values of states), one-step temporal difference, GAE, or n steps and the value after them',
  },
  lambda: { default: 0.95, low: 0, high: 1, description: 'lambda of gae' },
  nSteps: { default: 5, low: 1, high: 1e6, integer: true, description: 'n of n-step' },
  standardize: { default: true, description: 'scale the advantages of a batch to mean 0 and deviation 1' },
  bootstrap: {
    default: true,
    description: 'continue the return past the time limit by the value of the last state, where the baseline knows it',
  },
  reuse: { default: 0, low: 0, high: 1000, integer: true, description: 'earlier batches to use again' },
  importance: {
    default: 'truncated',
    choices: ['trajectory', 'per-decision', 'truncated'],
    description: 'weight of a reused step: ratio of the whole episode, up to the step, or of the step alone',
  },
  ratioLimit: { default: 0, low: 0, high: 1e6, description: 'cut importance weights off here, where not 0' },
  selfNormalize: { default: false, description: 'divide importance weights by their mean' },
  evalEvery: {
    default: usualEvalEvery,
    low: 1,
    high: 1e9,
    integer: true,
    description: 'evaluate at least once in so many training steps (or every iteration, if a batch is larger)',
  },
  evalEpisodes: {
    default: 100,
    low: 1,
    high: 1e6,
    integer: true,
    description:
      'held-out goals of an evaluation: a fifth, at least 20, and the others where 98 % of all can still be reached',
  },
});

export type TrainOptions = Values<typeof trainOptions>;

/** Training steps of the next batch, after so many of them: small while every step says much, larger as ever less is left to say. */
export function batchSteps(
  { batch, batchGrowth }: Pick<TrainOptions, 'batch' | 'batchGrowth'>,
  envSteps: number,
): number {
  return Math.min(Math.max(batch, Math.floor(batchGrowth * envSteps)), largestBatch({ batch, batchGrowth }));
}

/** The most that a batch grows to. */
export function largestBatch({ batch, batchGrowth }: Pick<TrainOptions, 'batch' | 'batchGrowth'>): number {
  return batchGrowth > 0 ? 4 * batch : batch;
}
