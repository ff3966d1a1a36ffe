import { log } from '../../envs/math/kernels.ts';
import type { Random } from '../../envs/math/random.ts';
import { distance, length, trace } from '../statistics/matrix.ts';
import { type Moments, momentsOf } from '../statistics/moments.ts';
import { fitBaselines, predicted } from './baselines.ts';
import type { Episode, Estimator } from './estimators.ts';
import { enumerate, keyOf, type Mdp, type Path, play, score, softmax } from './mdp.ts';
import { values, visitationGradient } from './mdp-gradient.ts';

/** All trajectories of a process under a policy that acts, as an estimator of the gradient at another (or the same) sees them. */
export interface Enumerated {
  readonly mdp: Mdp;
  /** grad J at the policy whose gradient is sought: the truth that estimators are held to. */
  readonly gradient: Float64Array;
  readonly paths: readonly Path[];
  /** Under the policy that acts. */
  readonly probability: Float64Array;
  readonly episodes: readonly Episode[];
  /** grad log pi(a_t | s_t) [path][T][P] */
  readonly scores: readonly (readonly Float64Array[])[];
  /** Where a path is found in the lists above. */
  readonly index: ReadonlyMap<number, number>;
}

interface EnumerationOptions {
  /** The policy that acts, where it is another. */
  readonly acting?: Float64Array;
  /** An inexact V(s). */
  readonly critic?: (s: number) => number;
  readonly baselines?: TableBaselines;
}

/** Baselines by name, as b(s, t). */
type TableBaselines = Readonly<Record<string, (s: number, t: number) => number>>;

export function enumerated(
  mdp: Mdp,
  theta: Float64Array,
  { acting = theta, critic = () => 0, baselines = {} }: EnumerationOptions = {},
): Enumerated {
  const [pi, old] = [softmax(mdp, theta), softmax(mdp, acting)];
  const { v, q } = values(mdp, pi);
  const all = enumerate(mdp, old);
  const table = mdp.reward.map((row, s) => row.map((_, a) => score(mdp, pi, s, a)));
  const episodes = all.map(({ path }): Episode => {
    const { states, actions, terminated } = path;
    const each = (of: (s: number, a: number, t: number) => number) =>
      Float64Array.from(actions, (a, t) => of(states[t], a, t));
    return {
      reward: each((s, a) => mdp.reward[s][a]),
      logp: each((s, a) => log(pi[s][a])),
      logpOld: each((s, a) => log(old[s][a])),
      // Where an episode was cut off there is a state behind it; which one is not said, and the critic says the same of all.
      critic: Float64Array.of(...each(critic), terminated ? 0 : critic(states[states.length - 1])),
      exact: { value: Float64Array.of(...each((s, _a, t) => v[t][s]), 0), q: each((s, a, t) => q[t][s][a]) },
      truncated: !terminated,
      features: oneHot(mdp, path.states),
      baseline: (name) => each((s, _a, t) => baselines[name](s, t)),
    };
  });
  return {
    mdp,
    gradient: visitationGradient(mdp, theta),
    paths: all.map(({ path }) => path),
    probability: Float64Array.from(all, ({ probability }) => probability),
    episodes,
    scores: all.map(({ path }) => path.actions.map((a, t) => table[path.states[t]][a])),
    index: new Map(all.map(({ path }, i) => [keyOf(path), i])),
  };
}

function oneHot({ states: size }: Mdp, states: readonly number[]): Float64Array {
  const out = new Float64Array(states.length * size);
  states.forEach((s, t) => {
    out[t * size + s] = 1;
  });
  return out;
}

/** The baselines of training, each fitted to `count` earlier episodes. */
export function earlierBaselines(mdp: Mdp, theta: Float64Array, random: Random, count = 200): TableBaselines {
  const pi = softmax(mdp, theta);
  const seen = Array.from({ length: count }, () => {
    const path = play(mdp, pi, random);
    const reward = Float64Array.from(path.actions, (a, t) => mdp.reward[path.states[t]][a]);
    return { features: oneHot(mdp, path.states), reward };
  });
  const fitted = Object.entries(fitBaselines(seen, mdp.gamma, mdp.horizon, 3));
  return Object.fromEntries(
    fitted.map(([name, baseline]) => {
      const rows = mdp.start.map((_, s) => {
        const states = new Array<number>(mdp.horizon).fill(s);
        return predicted(baseline, oneHot(mdp, states), mdp.horizon);
      });
      return [name, (s: number, t: number) => rows[s][t]];
    }),
  );
}

/** sum_t w_t grad log pi(a_t | s_t), added to `to` [P] */
export function addScores(weights: Float64Array, scores: readonly Float64Array[], to: Float64Array): void {
  for (let t = 0; t < weights.length; t++) {
    const z = scores[t];
    for (let j = 0; j < to.length; j++) to[j] += weights[t] * z[j];
  }
}

/** What an estimator of one episode says of every path [paths][P]. */
export function estimates({ episodes, scores, gradient }: Enumerated, estimator: Estimator): Float64Array[] {
  return episodes.map((episode, i) => {
    const out = new Float64Array(gradient.length);
    addScores(estimator.weights([episode])[0], scores[i], out);
    return out;
  });
}

/** Exact mean and covariance of an estimator: the sum over all paths, or over all pairs, triples, ... of a batch. */
export function exactMoments(problem: Enumerated, estimator: Estimator): Moments {
  if (estimator.size === 1) return momentsOf(estimates(problem, estimator), problem.probability);
  const { probability, episodes, scores, gradient } = problem;
  let batches: { chosen: number[]; p: number }[] = [{ chosen: [], p: 1 }];
  for (let k = 0; k < estimator.size; k++) {
    batches = batches.flatMap(({ chosen, p }) =>
      Array.from(probability, (own, i) => ({ chosen: [...chosen, i], p: p * own })),
    );
  }
  const vectors = batches.map(({ chosen }) => {
    const weights = estimator.weights(chosen.map((i) => episodes[i]));
    const out = new Float64Array(gradient.length);
    for (const [k, i] of chosen.entries()) addScores(weights[k], scores[i], out);
    return out;
  });
  return momentsOf(
    vectors,
    batches.map(({ p }) => p),
  );
}

/** The exact mean of an estimator against the gradient; all but the moments relative to |grad J|. */
export function exactBias(problem: Enumerated, estimator: Estimator) {
  const { gradient, paths } = problem;
  const moments = exactMoments(problem, estimator);
  /** Root mean square of an estimate. */
  const size = Math.sqrt(trace(moments.covariance) + length(moments.mean) ** 2) / length(gradient);
  return {
    moments,
    bias: distance(moments.mean, gradient) / length(gradient),
    size,
    /** The largest bias that is only rounding: one half unit for each addition of the enumeration. */
    rounding: paths.length ** estimator.size * 2 ** -52 * size,
  };
}

/** How often each path came up in n episodes that were played. */
export function counts(problem: Enumerated, theta: Float64Array, n: number, random: Random): Float64Array {
  const pi = softmax(problem.mdp, theta);
  const out = new Float64Array(problem.paths.length);
  for (let k = 0; k < n; k++) {
    const at = problem.index.get(keyOf(play(problem.mdp, pi, random)));
    if (at === undefined) throw new Error('the laboratory played an episode that it had not enumerated');
    out[at]++;
  }
  return out;
}

/** n indices of paths, drawn by their enumerated probabilities. */
export function draws({ probability }: Enumerated, random: Random): () => number {
  const cumulative = new Float64Array(probability.length);
  let sum = 0;
  probability.forEach((p, i) => {
    sum += p;
    cumulative[i] = sum;
  });
  return () => {
    const u = random.uniform() * sum;
    let [low, high] = [0, cumulative.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] > u) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
