import type { Random } from '../../../envs/math/random.ts';
import type { Chart } from '../../report/chart.ts';
import { figures, share } from '../../report/format.ts';
import type { Table } from '../../report/page.ts';
import { distance, length } from '../../statistics/matrix.ts';
import { enumerated, estimates, exactBias } from '../enumerated.ts';
import { offPolicy, onPolicy, pick } from '../estimators.ts';
import { experiment } from '../experiment.ts';
import { logProbability, type Mdp, randomMdp, score, softmax } from '../mdp.ts';
import { values } from '../mdp-gradient.ts';
import { actingTheta, smallMdp, smallTheta, streamsOf } from '../problems.ts';

/** How many other worlds the estimators are taken to. */
const worlds = 12;

const { gamma } = smallMdp;
const modelFree = pick(onPolicy(gamma, []), 'full return', 'reward-to-go');
const ratios = offPolicy(gamma).filter(({ unbiased }) => unbiased);
const names = [...modelFree, ...ratios].map(({ name }) => name);

type World = ReturnType<typeof measureWorlds>[number];

export const dynamics = experiment({
  name: 'dynamics',
  description: 'transition probabilities cancel',
  title: 'The dynamics cancel',
  claim:
    'Transition probabilities do not depend on θ, so they vanish from ∇ log P(τ): the estimator never sees them, and stays right when they change.',
  equations: ['∇ log P(τ) = Σₜ ∇ log π(aₜ | sₜ)', 'P_new(τ) / P_old(τ) = Πₜ π_new(aₜ | sₜ) / π_old(aₜ | sₜ)'],
  evidence(seed) {
    const rows = measureWorlds(streamsOf(seed, 4)(0));
    const apart = largestScoreError(smallMdp, smallTheta);
    return [
      {
        findings: [
          {
            text: `∇ log P(τ), dynamics and all, by finite differences is the sum of the scores: ${figures(apart)} apart at most`,
            // Central differences with h = 1e-4: third derivatives of log pi are below 1, T h^2 / 6; rounding 1e-15 |log P| / h.
            holds: apart < smallMdp.horizon * (1e-8 / 6) + 1e-10,
          },
          {
            text: `the same trajectory has the same estimate, bit for bit, in ${worlds} worlds with other transition probabilities`,
            holds: rows.every(({ differing }) => differing === 0),
          },
          {
            text: `${names.length} estimators are unbiased in all of them, though ∇J moves by ${share(Math.min(...rows.map(({ moved }) => moved)))} or more`,
            holds: rows.every(({ exact }) => exact.every(({ bias, rounding }) => bias <= rounding)),
          },
          {
            text: `an estimator that does know the dynamics, by its Q, is wrong when they change: by ${share(Math.min(...rows.map(({ stale }) => stale)))} or more`,
            holds: rows.every(({ stale }) => stale > 1e-6),
          },
        ],
        tables: [tableOf(rows)],
        plots: [plotOf(rows)],
      },
    ];
  },
});

/** Other worlds with the same rewards and the same policy. */
function measureWorlds(random: Random) {
  const here = enumerated(smallMdp, smallTheta);
  const before = modelFree.map((estimator) => estimates(here, estimator));
  const { q: old } = values(smallMdp, softmax(smallMdp, smallTheta));
  const [informed] = pick(onPolicy(gamma, []), 'exact Q');
  return Array.from({ length: worlds }, () => {
    const { start, move } = randomMdp(random, { horizon: smallMdp.horizon, gamma });
    const mdp: Mdp = { ...smallMdp, start, move };
    const own = enumerated(mdp, smallTheta);
    const other = enumerated(mdp, smallTheta, { acting: actingTheta });
    let differing = 0;
    modelFree.forEach((estimator, i) => {
      const after = estimates(own, estimator);
      here.index.forEach((at, key) => {
        const there = own.index.get(key);
        if (there !== undefined && before[i][at].some((value, j) => value !== after[there][j])) differing++;
      });
    });
    // The exact Q of the old world, credited to episodes of the new one.
    const episodes = own.episodes.map((episode, i) => {
      const { states, actions } = own.paths[i];
      const q = Float64Array.from(actions, (a, t) => old[t][states[t]][a]);
      return { ...episode, exact: { ...episode.exact, q } };
    });
    return {
      moved: distance(own.gradient, here.gradient) / length(own.gradient),
      exact: [
        ...modelFree.map((estimator) => exactBias(own, estimator)),
        ...ratios.map((estimator) => exactBias(other, estimator)),
      ],
      differing,
      stale: exactBias({ ...own, episodes }, informed).bias,
    };
  });
}

function tableOf(rows: readonly World[]): Table {
  return {
    title: `${worlds} worlds with transition probabilities drawn at random`,
    columns: ['world', '∇J moved by', ...names.map((name) => name.replace('trajectory', 'traj.')), 'old Q'],
    rows: rows.map(({ moved, exact, stale }, k) => [
      String(k + 1),
      share(moved),
      ...exact.map(({ bias }) => share(bias)),
      share(stale),
    ]),
    note: '|bias| / |∇J|, enumerated. The last column credits actions with the exact Q of the world they were first in.',
  };
}

function plotOf(rows: readonly World[]): Chart {
  const x = rows.map((_, k) => k + 1);
  return {
    title: 'Bias in worlds with other transition probabilities',
    x: { label: 'world' },
    y: { label: '|bias| / |∇J|', log: true },
    series: [
      { label: 'Q of the old world', x, y: rows.map(({ stale }) => stale), points: true },
      // An exact 0 has no place on a logarithmic axis.
      ...names.map((label, i) => ({
        label,
        x,
        y: rows.map(({ exact }) => Math.max(exact[i].bias, 1e-17)),
        points: true,
      })),
    ],
  };
}

function largestScoreError(mdp: Mdp, theta: Float64Array): number {
  const pi = softmax(mdp, theta);
  const { paths } = enumerated(mdp, theta);
  const h = 1e-4;
  let worst = 0;
  for (let k = 0; k < paths.length; k += 97) {
    const path = paths[k];
    theta.forEach((value, i) => {
      const at = (x: number) => logProbability(mdp, theta.with(i, x), path);
      const slope = (at(value + h) - at(value - h)) / (2 * h);
      const sum = path.actions.reduce((total, a, t) => total + score(mdp, pi, path.states[t], a)[i], 0);
      worst = Math.max(worst, Math.abs(slope - sum));
    });
  }
  return worst;
}
