import { availableParallelism } from 'node:os';
import { type Command, Option as Flag, InvalidArgumentError } from 'commander';
import { backends } from '../policy/network/index.ts';
import { firstGoalSeed } from '../sweep/job.ts';
import { integer, keyValue } from './command.ts';
import { addRandomizeFlag } from './randomize-flag.ts';
import { addRobotFlags } from './robot-flags.ts';

/** Flags of commands that make many runs, of which they report: what all of the runs share. */

/** Seeds of a variant, at most. */
const mostSeeds = 10_000;

/**
 * Which seeds, and what is trained, judged and run at a time.
 * @param of what has so many seeds
 * @param seeds the usual ones, as the flag has them
 */
export function addRunFlags(command: Command, of: string, seeds: string): Command {
  return command
    .addOption(
      new Flag('--seeds <integers>', `seeds of each ${of}: so many, 0, 1, .., or 20:30 for 20 to 29`)
        .argParser(seedsOf)
        .default(seedsOf(seeds), seeds),
    )
    .option('--steps <integer>', "training steps of each run; the environment's budget if not given", integer(1))
    .option('--arm <name>', "robot arm, a module of your own or a robot file; the environment's own if not given")
    .option('--reward <name>', 'dense, sparse or shaped, where the environment has them')
    .option('--set <key=value>', "set an option of the environment, or a robot file's motors.* (repeatable)", keyValue)
    .option('--backend <name>', `what the networks are trained on (${Object.keys(backends).join(', ')}) [wasm]`)
    .option('--goals <integer>', 'fresh goals that judge each trained policy', integer(1, 100_000), 500)
    .option('--jobs <integer>', 'runs at a time', integer(1, 1000), availableParallelism());
}

/** What is told of the runs, their physics and their robots. */
export function addReportFlags(command: Command): Command {
  command
    .option('--tensorboard', "write every run's metrics for TensorBoard too, into its folder")
    .option('--json', 'print the results as one line of JSON, and the progress to stderr');
  addRandomizeFlag(command, 'draw the physics of every episode, also of those that judge');
  return addRobotFlags(command);
}

/** So many seeds from 0 on, or those from one to before another. */
function seedsOf(text: string): number[] {
  const [, from = '0', to] = /^(?:(\d+):)?(\d+)$/.exec(text) ?? [];
  const count = Number(to) - Number(from);
  if (!(count >= 1 && count <= mostSeeds && Number(to) <= Number.MAX_SAFE_INTEGER - firstGoalSeed)) {
    throw new InvalidArgumentError(
      `expected an integer from 1 to ${mostSeeds}, or the first seed and the one after the last, such as 20:30, no more than ${mostSeeds} apart`,
    );
  }
  return Array.from({ length: count }, (_, i) => Number(from) + i);
}
