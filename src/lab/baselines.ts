import { baselines } from '../baselines/index.ts';
import type { Baseline } from '../baselines/types.ts';
import { rewardsToGo } from '../estimators/returns.ts';
import { defaultBackend } from '../policy/network/index.ts';
import type { Episode, LinearFit } from './estimators.ts';

/** The baselines of training (src/baselines), fitted to what the episodes of the laboratory look like. */
type Seen = Pick<Episode, 'features' | 'reward'>;

/** Every baseline that training offers, but none. */
export const fittedBaselines = Object.keys(baselines).filter((name) => name !== 'none');

/** Fits a baseline to the rewards-to-go of earlier episodes, `times` times over. */
export function fitted(name: string, earlier: readonly Seen[], gamma: number, horizon: number, times = 1): Baseline {
  const obsSize = earlier[0].features.length / earlier[0].reward.length;
  const baseline = baselines[name].create({ obsSize, horizon, hidden: [8], backend: defaultBackend, seed: 0 });
  const [x, t, returns] = together(
    earlier,
    earlier.map(({ reward }) => rewardsToGo(reward, gamma, 0)),
  );
  for (let k = 0; k < times; k++) baseline.fit(x, t, returns);
  return baseline;
}

/** Predictions b(s_t) [T] for one episode. */
export function predicted(baseline: Baseline, { features, reward }: Seen): Float64Array {
  return baseline.predict(features, steps(reward.length)).slice();
}

/** The linear baseline of training fitted to the very batch that it then judges. */
export const linearFit: LinearFit = (features, targets) => {
  const obsSize = features[0].length / targets[0].length;
  const horizon = Math.max(...targets.map(({ length }) => length));
  const baseline = baselines.linear.create({ obsSize, horizon, hidden: [], backend: defaultBackend, seed: 0 });
  const seen = features.map((x, i) => ({ features: x, reward: targets[i] }));
  baseline.fit(...together(seen, targets));
  return seen.map((episode) => predicted(baseline, episode));
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

function steps(length: number): Int32Array {
  return Int32Array.from({ length }, (_, t) => t);
}
