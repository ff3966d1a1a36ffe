import { linear } from '../baselines/linear.ts';
import { mean, perStep } from '../baselines/simple.ts';
import type { Baseline } from '../baselines/types.ts';
import { value } from '../baselines/value.ts';
import { rewardsToGo } from '../estimators/returns.ts';
import { defaultBackend } from '../policy/network/wasm.ts';
import { timeSteps } from '../train/batch.ts';
import type { Episode, LinearFit } from './estimators.ts';

/** The baselines of training (src/baselines), fitted to what the episodes of the laboratory look like. */
type Seen = Pick<Episode, 'features' | 'reward'>;

/** Every baseline that training offers, but none. */
const baselines = [mean, perStep, linear, value];
export const fittedBaselines = baselines.map(({ name }) => name);

/** Fits each of the baselines to the rewards-to-go of earlier episodes, `times` times over. */
export function fitBaselines(
  earlier: readonly Seen[],
  gamma: number,
  horizon: number,
  times: number,
): Record<string, Baseline> {
  const obsSize = earlier[0].features.length / earlier[0].reward.length;
  const returns = earlier.map(({ reward }) => rewardsToGo(reward, gamma, 0));
  return Object.fromEntries(
    baselines.map(({ name, create }) => {
      const baseline = create({ obsSize, horizon, hidden: [8], backend: defaultBackend, seed: 0 });
      for (let k = 0; k < times; k++) baseline.fit(...together(earlier, returns));
      return [name, baseline];
    }),
  );
}

/** Predictions b(s_t) [T] for the features [T, size] of one episode. */
export function predicted(baseline: Baseline, features: Float64Array, steps: number): Float64Array {
  return baseline.predict(features, timeSteps(steps)).slice();
}

/** The linear baseline of training, fitted to the very batch that it then predicts. */
export const linearFit: LinearFit = (features, targets) => {
  const obsSize = features[0].length / targets[0].length;
  const horizon = Math.max(...targets.map(({ length }) => length));
  const baseline = linear.create({ obsSize, horizon, hidden: [], backend: defaultBackend, seed: 0 });
  const seen = features.map((x, i) => ({ features: x, reward: targets[i] }));
  baseline.fit(...together(seen, targets));
  return seen.map((one) => predicted(baseline, one.features, one.reward.length));
};

function together(
  seen: readonly Seen[],
  targets: readonly Float64Array[],
): [x: Float64Array, t: Int32Array, returns: Float64Array] {
  return [
    Float64Array.from(seen.flatMap(({ features }) => Array.from(features))),
    Int32Array.from(seen.flatMap(({ reward }) => Array.from(reward, (_, t) => t))),
    Float64Array.from(targets.flatMap((target) => Array.from(target))),
  ];
}
