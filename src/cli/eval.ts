import { Command } from 'commander';
import { loadPhysics } from '../../envs/sim/physics.ts';
import type { Trajectory } from '../../envs/types.ts';
import { interval, meters, percent, table } from '../report/format.ts';
import { type Interval, meanInterval, type Paired, paired, proportionInterval } from '../report/statistics.ts';
import { controllers } from '../rollout/controllers.ts';
import { type Evaluation, evaluate, finalDistance, type Goals, totalReward, withoutFaults } from '../train/evaluate.ts';
import { printJson, withExamples } from './command.ts';
import { integer } from './options.ts';
import { openSource } from './source.ts';

interface Given {
  readonly episodes: number;
  readonly seed: number;
  readonly policy?: string;
  readonly against?: string;
  readonly json?: boolean;
}

/** Goals of `eval` are none of those that training is judged by. */
const goalSet = 1;

export function evalCommand(): Command {
  const command = new Command('eval')
    .description('judge a policy by its mean action on fresh goals, with 95 % confidence intervals')
    .argument('<run>', "a run's folder or a policy file; with --policy, an environment's name will do")
    .option('--episodes <integer>', 'episodes', integer(1, 100_000), 100)
    .option('--seed <integer>', 'seed of the goals', integer(0), 0)
    .option('--policy <name>', `judge a controller instead (${Object.keys(controllers).join(', ')})`)
    .option('--against <name>', 'compare with a controller on the same goals')
    .option('--json', 'print one line of JSON');
  return withExamples(
    command,
    'armature eval runs/panda-reach-joints-s0 --episodes 500',
    'armature eval panda-reach --policy proportional',
    'armature eval runs/panda-reach-joints-s0 --episodes 1000 --against proportional',
  ).action((run: string, given: Given) => execute(run, given));
}

async function execute(run: string, { episodes, seed, policy, against, json }: Given): Promise<void> {
  await loadPhysics();
  const goals = { seed, set: goalSet, episodes };
  const { env, actor } = await openSource(run, policy);
  const { evaluation, trajectories } = evaluate(env, actor, goals);
  const { successRate, faults } = evaluation;
  const whole = withoutFaults(trajectories);
  const intervals = {
    success: successRate === null ? null : proportionInterval(successRate, evaluation.episodes),
    return: meanInterval(whole.map(totalReward)),
    length: meanInterval(whole.map((trajectory) => trajectory.steps)),
    distance: meanInterval(whole.map((trajectory) => finalDistance(env, trajectory))),
  };
  const comparison = against === undefined ? null : await compare(trajectories, run, against, goals);
  if (json) {
    printJson({ ...result(evaluation, intervals), ...(comparison && compared(against, comparison)) });
    return;
  }
  const without = faults ? `, without ${faults} in which the simulation diverged` : '';
  const title = `${policy ?? run} on ${evaluation.episodes} episodes of ${env.spec.name}, goals of seed ${seed}${without}`;
  const rows = [...rowsOf(evaluation, intervals), ...(comparison ? rowsAgainst(against ?? '', comparison) : [])];
  process.stdout.write(`\n  ${title}\n\n${table([['', 'mean', '95 % interval'], ...rows])}\n\n`);
}

/** The returns against a controller's on the same goals, where the simulation diverged for neither. */
async function compare(own: readonly Trajectory[], run: string, against: string, goals: Goals): Promise<Paired> {
  const { env, actor } = await openSource(run, against);
  const theirs = evaluate(env, actor, goals).trajectories;
  const pairs = own.flatMap((a, i): [number, number][] =>
    a.end === 'fault' || theirs[i].end === 'fault' ? [] : [[totalReward(a), totalReward(theirs[i])]],
  );
  return paired(
    pairs.map(([a]) => a),
    pairs.map(([, b]) => b),
  );
}

interface Intervals {
  readonly success: Interval | null;
  readonly return: Interval;
  readonly length: Interval;
  readonly distance: Interval;
}

function result(
  { episodes, faults, successRate, meanReturn, meanLength, meanFinalDistance }: Evaluation,
  given: Intervals,
) {
  return {
    type: 'result',
    episodes,
    faults,
    success_rate: successRate,
    mean_return: meanReturn,
    mean_length: meanLength,
    mean_final_distance: meanFinalDistance,
    success_rate_interval: given.success,
    mean_return_interval: given.return,
    mean_length_interval: given.length,
    mean_final_distance_interval: given.distance,
  };
}

function compared(against: string | undefined, found: Paired) {
  return {
    against,
    return_difference: found.difference,
    return_difference_interval: found.differenceInterval,
    cost_ratio: found.ratio,
    cost_ratio_interval: found.ratioInterval,
  };
}

const fixed = (value: number) => value.toFixed(3);

function rowsOf({ successRate, meanReturn, meanLength, meanFinalDistance }: Evaluation, given: Intervals): string[][] {
  const rows = [
    ['return', fixed(meanReturn), interval(given.return, fixed)],
    ['length', `${meanLength.toFixed(2)} steps`, interval(given.length, (value) => value.toFixed(2))],
    ['final distance', meters(meanFinalDistance), interval(given.distance, meters)],
  ];
  if (successRate === null || !given.success) return rows;
  return [['success', percent(successRate), interval(given.success, percent)], ...rows];
}

/** Goal by goal: rewards of these tasks are costs, so a ratio below 1 is a better policy. */
function rowsAgainst(name: string, { difference, differenceInterval, ratio, ratioInterval }: Paired): string[][] {
  const signed = (value: number) => `${value < 0 ? '' : '+'}${fixed(value)}`;
  return [
    [`return less ${name}'s`, signed(difference), interval(differenceInterval, signed)],
    [`cost over ${name}'s`, fixed(ratio), interval(ratioInterval, fixed)],
  ];
}
