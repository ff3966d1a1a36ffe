import { hull, type Interval, mean, proportionInterval, studentQuantile } from './intervals.ts';

/**
 * Student's 95 % interval of a mean over runs and over the goals that all of them were given, for others of both: two crossed random
 * effects and a rest,
 *
 *   y_sg = mu + a_s + b_g + e_sg,   Var(mean) = (M_a + M_b - M_e) / (S G),
 *
 * with the mean squares M of runs, goals and rest, and the degrees of freedom of that by Satterthwaite (Biometrics Bulletin 2, 1946).
 * @param perRunPerGoal values [S][G]; of one run, the interval is over its goals alone
 * @returns null for fewer than two goals
 */
export function hierarchicalInterval(perRunPerGoal: readonly (readonly number[])[]): Interval | null {
  const [S, G] = [perRunPerGoal.length, perRunPerGoal[0]?.length ?? 0];
  if (G < 2) return null;
  const ofRuns = perRunPerGoal.map(mean);
  const ofGoals = Array.from({ length: G }, (_, g) => mean(perRunPerGoal.map((goals) => goals[g])));
  const center = mean(ofRuns);
  const goals = squares(ofGoals, center) * (S / (G - 1));
  if (S === 1) return around(center, goals / G, G - 1);
  const runs = squares(ofRuns, center) * (G / (S - 1));
  let rest = 0;
  perRunPerGoal.forEach((values, s) => {
    values.forEach((value, g) => {
      rest += (value - ofRuns[s] - ofGoals[g] + center) ** 2;
    });
  });
  rest /= (S - 1) * (G - 1);
  // Where chance makes the rest the largest, the larger of the two others is not too little.
  const sum = Math.max(runs + goals - rest, runs, goals);
  const freedom =
    (sum * sum) / ((runs * runs) / (S - 1) + (goals * goals) / (G - 1) + (rest * rest) / ((S - 1) * (G - 1)));
  return around(center, sum / (S * G), freedom);
}

/**
 * The same of a rate, from zeros and ones: what holds that and Wilson's interval over the goals, which says more where next to nothing scatters.
 */
export function hierarchicalRateInterval(perRunPerGoal: readonly (readonly number[])[]): Interval {
  const rate = mean(perRunPerGoal.map(mean));
  const wilson = proportionInterval(rate, perRunPerGoal[0].length);
  if (perRunPerGoal.length === 1) return wilson;
  const [low, high] = hull(hierarchicalInterval(perRunPerGoal) ?? wilson, wilson);
  return [Math.max(0, low), Math.min(1, high)];
}

function around(center: number, variance: number, freedom: number): Interval {
  if (variance === 0) return [center, center];
  const half = studentQuantile(Math.max(1, Math.floor(freedom))) * Math.sqrt(variance);
  return [center - half, center + half];
}

function squares(values: readonly number[], center: number): number {
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0);
}
