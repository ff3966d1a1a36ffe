import { exp, log } from '../../../../envs/math/kernels.ts';
import { count, figures, share } from '../../../report/format.ts';
import type { Evidence } from '../../experiment.ts';
import { divergence, squaredRatio } from '../../mdp-gradient.ts';
import { awayFromSmallTheta, smallMdp, smallTheta } from '../../problems.ts';

const horizons = [1, 2, 4, 8, 16, 32, 64, 128];

/** The effective share of episodes that do not end before the horizon, by recursion over the states. */
export function measureHorizons() {
  const acting = smallTheta.map((value, i) => value + 0.5 * awayFromSmallTheta[i]);
  const move = smallMdp.move.map((rows) =>
    rows.map((row) => {
      const sum = row.reduce((total, p) => total + p, 0);
      return row.map((p) => p / sum);
    }),
  );
  return horizons.map((horizon) => {
    const lasting = { ...smallMdp, horizon, move };
    return { effective: 1 / squaredRatio(lasting, smallTheta, acting), kl: divergence(lasting, smallTheta, acting) };
  });
}

export function atHorizons(rows: ReturnType<typeof measureHorizons>): Evidence {
  const end = horizons.length - 1;
  const shares = rows.map(({ effective }) => effective);
  const rate = (i: number) => log(shares[i] / shares[i + 1]) / (horizons[i + 1] - horizons[i]);
  const [earlier, last] = [rate(end - 2), rate(end - 1)];
  return {
    findings: [
      {
        text: `it falls geometrically with the horizon: by ${share(1 - exp(-last))} with every step, to one in ${count(Math.round(1 / shares[end]))} after ${horizons[end]}`,
        // Products of a positive matrix grow by its largest eigenvalue; the rates of the last two doublings agree.
        holds: Math.abs(earlier - last) < 1e-3 * last && last > 0,
      },
    ],
    tables: [
      {
        title:
          'Where the product of ratios explodes: episodes that do not end before the horizon, the third of the policies above',
        columns: ['steps', 'KL', 'effective share', 'episodes for an effective one'],
        rows: rows.map(({ kl, effective }, i) => [
          String(horizons[i]),
          figures(kl),
          share(effective),
          effective > 1e-9 ? count(Math.ceil(1 / effective)) : figures(1 / effective),
        ]),
        note: 'By recursion over the states, exact.',
      },
    ],
    plots: [
      {
        title: 'Effective share against the horizon',
        x: { label: 'steps', log: true },
        y: { label: 'effective share of the episodes', log: true },
        series: [{ label: '1 / E ρ²', x: horizons, y: shares, line: true, points: true }],
      },
    ],
  };
}
