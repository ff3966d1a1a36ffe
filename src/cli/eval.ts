import { Command } from 'commander';
import { loadPhysics } from '../../envs/physics.ts';
import { controllers } from '../controllers.ts';
import { evaluate, finalDistance, totalReward } from '../evaluate.ts';
import { meanInterval, proportionInterval } from '../statistics.ts';
import { printJson, withExamples } from './command.ts';
import { interval, meters, percent, table } from './format.ts';
import { integer } from './options.ts';
import { openSource } from './source.ts';

interface Given {
  readonly episodes: number;
  readonly seed: number;
  readonly policy?: string;
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
    .option('--json', 'print one line of JSON');
  return withExamples(
    command,
    'armature eval runs/panda-reach-joints-s0 --episodes 500',
    'armature eval panda-reach --policy proportional',
  ).action((run: string, given: Given) => execute(run, given));
}

async function execute(run: string, { episodes, seed, policy, json }: Given): Promise<void> {
  await loadPhysics();
  const { env, actor } = await openSource(run, policy);
  const { evaluation, trajectories } = evaluate(env, actor, { seed, set: goalSet, episodes });
  const { successRate, meanReturn, meanLength, meanFinalDistance, faults } = evaluation;
  const intervals = {
    success: successRate === null ? null : proportionInterval(successRate, evaluation.episodes),
    return: meanInterval(trajectories.map(totalReward)),
    length: meanInterval(trajectories.map((trajectory) => trajectory.steps)),
    distance: meanInterval(trajectories.map((trajectory) => finalDistance(env, trajectory))),
  };
  if (json) {
    printJson({
      type: 'result',
      episodes: evaluation.episodes,
      faults,
      success_rate: successRate,
      mean_return: meanReturn,
      mean_length: meanLength,
      mean_final_distance: meanFinalDistance,
      success_rate_interval: intervals.success,
      mean_return_interval: intervals.return,
      mean_length_interval: intervals.length,
      mean_final_distance_interval: intervals.distance,
    });
    return;
  }
  const fixed = (value: number) => value.toFixed(3);
  const rows = [
    ['return', fixed(meanReturn), interval(intervals.return, fixed)],
    ['length', `${meanLength.toFixed(2)} steps`, interval(intervals.length, (value) => value.toFixed(2))],
    ['final distance', meters(meanFinalDistance), interval(intervals.distance, meters)],
  ];
  if (successRate !== null && intervals.success) {
    rows.unshift(['success', percent(successRate), interval(intervals.success, percent)]);
  }
  const without = faults ? `, without ${faults} in which the simulation diverged` : '';
  const title = `${policy ?? run} on ${evaluation.episodes} episodes of ${env.spec.name}, goals of seed ${seed}${without}`;
  process.stdout.write(`\n  ${title}\n\n${table([['', 'mean', '95 % interval'], ...rows])}\n\n`);
}
