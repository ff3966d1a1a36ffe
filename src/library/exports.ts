/** What the library has in Node and in a page alike. */

export * from '../../envs/index.ts';
export { a2c } from '../algorithms/a2c.ts';
export { natural } from '../algorithms/natural.ts';
export { ppo } from '../algorithms/ppo.ts';
export { reinforce } from '../algorithms/reinforce.ts';
export { norm, product, stepOptions, stepSize } from '../algorithms/step.ts';
export { trpo } from '../algorithms/trpo.ts';
export type {
  Algorithm,
  AlgorithmDefinition,
  AlgorithmFactory,
  Batch,
  ConfiguredAlgorithm,
} from '../algorithms/types.ts';
export { defineAlgorithm } from '../algorithms/types.ts';
export { checkEnv, type Problem } from '../check/check-env.ts';
export { generalizedAdvantages, nStepAdvantages, rewardsToGo, standardize } from '../estimators/returns.ts';
export { type Adam, ascend, createAdam } from '../optim/adam.ts';
export { conjugateGradients } from '../optim/conjugate-gradients.ts';
export type { Actor, ActorOutput } from '../policy/actor.ts';
export { type LoadedPolicy, loadPolicy } from '../policy/index.ts';
export { fisherProduct, type Policy, weightedScore } from '../policy/policy.ts';
export { collect, type EpisodePlan } from '../rollout/collect.ts';
export { randomActor } from '../rollout/controllers.ts';
export {
  type BaselineChoice,
  gaussian,
  linearBaseline,
  meanBaseline,
  noBaseline,
  type PolicyChoice,
  perStepBaseline,
  squashedGaussian,
  valueNetwork,
} from '../train/choices.ts';
export { type Evaluation, evaluate, type Goals } from '../train/evaluate.ts';
export { NonFiniteError } from '../train/non-finite.ts';
export type { TrainOptions } from '../train/options.ts';
export type { Iteration } from '../train/train.ts';
export type { EnvModule, TrainChoice, TrainingRun } from './train.ts';
