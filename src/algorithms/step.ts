import { defineOptions, type Values } from '../../envs/options.ts';

/** What makes a policy go on exploring, in every algorithm. */
export const { entropyBonus } = defineOptions({
  entropyBonus: {
    default: 0,
    low: 0,
    high: 10,
    description: "weight of the policy's entropy in what is climbed: it keeps sigma wide",
  },
});

/** The options of a step that falls linearly over the training budget. */
export function stepOptions(learningRate: number, finalLearningRate: number) {
  return defineOptions({
    learningRate: { default: learningRate, low: 0, high: 10, description: "Adam's step alpha at the start" },
    finalLearningRate: {
      default: finalLearningRate,
      low: 0,
      high: 1,
      description: 'fraction of alpha left at the end of the budget; it falls linearly',
    },
    entropyBonus,
  });
}

/** The step alpha at a point of the budget, from 0 to 1. */
export function stepSize(
  { learningRate, finalLearningRate }: Values<ReturnType<typeof stepOptions>>,
  progress: number,
): number {
  return learningRate * (1 - (1 - finalLearningRate) * progress);
}

/** a_i b_i */
export function product(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]);
}

export function norm(v: Float64Array): number {
  return Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
}

export function mean(v: Float64Array): number {
  return v.reduce((sum, value) => sum + value, 0) / v.length;
}
