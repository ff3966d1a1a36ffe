import { join } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { checkVariants, variantsOf } from '../sweep/variants.ts';
import { builtIn } from '../train/config.ts';
import { commandOfResults, withExamples } from './command.ts';
import { runComparison } from './comparison.ts';
import { addReportFlags, addRunFlags } from './runs-flags.ts';
import { planFromLine, type SweepFlags } from './sweep-plan.ts';
import { type RuntimeFlags, runtimeOf } from './sweeping.ts';

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
    );
  addRunFlags(command, 'algorithm', '10').option(
    '--out <folder>',
    'folder of the report and the runs; compare/<env> if not given',
  );
  return withExamples(
    addReportFlags(command),
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
  if (algorithms.includes('')) {
    throw new UsageError(`unknown algorithm ""; there are: ${Object.keys(builtIn.algorithms).join(', ')}`);
  }
  if (new Set(algorithms).size < algorithms.length) {
    throw new UsageError(`--algorithms names one twice: ${algorithms.join(', ')}`);
  }
  return algorithms;
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
