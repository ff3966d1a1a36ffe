import { mean } from '../algorithms/step.ts';

/** What tells of an update whether it went well, whatever the algorithm. */

/** 1 - Var(target - predicted) / Var(target): 1 is all of it, 0 no more than a constant tells; 0 where targets do not vary. */
export function explainedVariance(targets: Float64Array, predicted: Float64Array): number {
  const whole = variance(targets);
  return whole > 0 ? 1 - variance(targets.map((target, i) => target - predicted[i])) / whole : 0;
}

function variance(values: Float64Array): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) * (value - middle)));
}
