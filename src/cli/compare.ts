import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, Option as Flag } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { backends } from '../policy/network/index.ts';
import { checkVariants, variantsOf } from '../sweep/variants.ts';
import { builtIn } from '../train/config.ts';
import { commandOfResults, integer, keyValue, withExamples } from './command.ts';
import { runComparison } from './comparison.ts';
import { addRandomizeFlag } from './randomize-flag.ts';
import { addRobotFlags } from './robot-flags.ts';
import { planFromLine, type SweepFlags } from './sweep-plan.ts';
import { type RuntimeFlags, runtimeOf, seedsOf } from './sweeping.ts';

interface CompareOptions extends SweepFlags, RuntimeFlags {
  readonly env: string;
  readonly algorithms?: readonly string[];
}

export function compareCommand(): Command {
  const names = Object.keys(builtIn.algorithms);
  const command = new Command('compare')
    .description('train with several algorithms on several seeds, and report how fast and how well each learns')
    .argument('[training...]', 'after --, options of `train` for every run')
    .requiredOption('--env <name>', 'environment; `armature envs` lists them; or a module of your own')
    .option(
      '--algorithms <names>',
      `learning algorithms, or modules of your own, with commas between (${names.join(', ')}); all if not given`,
      list,
    )
    .addOption(
      new Flag('--seeds <integers>', 'seeds of each algorithm: so many, 0, 1, .., or 20:30 for 20 to 29')
        .argParser(seedsOf)
        .default(seedsOf('10'), '10'),
    )
    .option('--steps <integer>', "training steps of each run; the environment's budget if not given", integer(1))
    .option('--arm <name>', "robot arm, a module of your own or a robot file; the environment's own if not given")
    .option('--reward <name>', 'dense, sparse or shaped, where the environment has them')
    .option('--set <key=value>', "set an option of the environment, or a robot file's motors.* (repeatable)", keyValue)
    .option('--backend <name>', `what the networks are trained on (${Object.keys(backends).join(', ')}) [wasm]`)
    .option('--goals <integer>', 'fresh goals that judge each trained policy', integer(1, 100_000), 500)
    .option('--jobs <integer>', 'runs at a time', integer(1, 1000), availableParallelism())
    .option('--out <folder>', 'folder of the report and the runs; compare/<env> if not given')
    .option('--tensorboard', "write every run's metrics for TensorBoard too, into its folder")
    .option('--json', 'print the results as one line of JSON, and the progress to stderr');
  addRandomizeFlag(command, 'draw the physics of every episode, also of those that judge');
  return withExamples(
    addRobotFlags(command),
    'armature compare --env panda-reach-joints --seeds 10',
    `armature compare --algorithms ${names.slice(0, 2).join(',')} --env panda-reach --seeds 5 --set relativeGoal=true`,
    'armature compare --env panda-reach --algorithms ppo --seeds 20:30',
    'armature compare --env reacher --seeds 3 --steps 200000 --out compare/gamma -- --gamma 0.95',
  ).action((training: readonly string[], given: CompareOptions) => execute(training, given));
}

async function execute(training: readonly string[], given: CompareOptions): Promise<void> {
  const planned = await planFromLine(given, training, {
    isComparison: true,
    command: commandOfResults(),
    random: null,
    stages: 1,
    vary: [`algorithm=${algorithmsOf(given).join(',')}`],
  });
  const variants = variantsOf(planned.plan, planned.registry);
  checkVariants(planned.plan, variants, planned.registry);
  const out = given.out ?? join('compare', variants.configOf(variants.at(0)).env.env);
  await runComparison({ ...planned, variants, ...runtimeOf(given), out, isNew: true });
}

function algorithmsOf({ algorithms = Object.keys(builtIn.algorithms) }: CompareOptions): readonly string[] {
  if (new Set(algorithms).size < algorithms.length) {
    throw new UsageError(`--algorithms names one twice: ${algorithms.join(', ')}`);
  }
  return algorithms;
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
