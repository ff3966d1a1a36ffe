import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { software } from '../../envs/recording/sealed.ts';
import { plottingLibrary } from '../pages/assets.ts';
import { addressVariable } from '../queue/address.ts';
import { count, kebab, plural, table } from '../report/format.ts';
import { type PlottingLibrary, pageHtml } from '../report/page.ts';
import { writeWhole } from '../run/files.ts';
import { writeSealedJson } from '../run/sealed-json.ts';
import type { FoundVariant, SweepRun } from '../sweep/conduct.ts';
import { extentOf } from '../sweep/halving.ts';
import { runName } from '../sweep/job.ts';
import type { SweepPlan } from '../sweep/plan.ts';
import { notesOf, sweepPage, variantTable } from '../sweep/sweep-report.ts';
import { haveGoals, type SweepResults, sweepResults } from '../sweep/sweep-results.ts';
import { checkVariants, type Variants, variantsOf } from '../sweep/variants.ts';
import { commandOfResults, integer, withExamples } from './command.ts';
import { runComparison } from './comparison.ts';
import { printJson, printLines } from './output.ts';
import { addReportFlags, addRunFlags } from './runs-flags.ts';
import { type Planned, sweepFiles } from './sweep-files.ts';
import { placeName, usualKeepDays } from './sweep-place.ts';
import { loadSweep, planFromLine, type SweepFlags } from './sweep-plan.ts';
import { cancelCommand, statusCommand } from './sweep-status.ts';
import {
  carryOut,
  type RuntimeFlags,
  replayAddress,
  resultIn,
  runtimeOf,
  type Sweep,
  writeReplay,
  writeTiming,
} from './sweeping.ts';

interface SweepOptions extends SweepFlags, RuntimeFlags {
  readonly vary?: readonly string[];
  readonly random?: number;
  readonly searchSeed: number;
  readonly halving?: number | true;
  readonly attach?: string;
  readonly dryRun?: boolean;
}

/** Stages of successive halving where no number is given. */
const usualStages = 3;

export function sweepCommand(): Command {
  const command = new Command('sweep')
    .description('train with many settings on several seeds, and report which do best and what each option does')
    .argument('[training...]', 'after --, options of `train` for every run')
    .option('--env <name>', 'environment; `armature envs` lists them; or a module of your own')
    .option('--vary <key=values>', 'what is tried of an option: see below (repeatable)', repeated)
    .option('--random <integer>', 'draw so many variants in the place of every combination', integer(1, 1e6))
    .option('--search-seed <integer>', 'seed of what is drawn by --random', integer(0), 0)
    .option(
      '--halving [stages]',
      `stop the worse half ${usualStages - 1} times on the way, or at so many stages less one`,
      stagesOf,
    )
    .option('--algorithm <name>', 'learning algorithm, or a module of your own; as `train` has it if not given');
  addRunFlags(command, 'variant', '3')
    .option('--out <folder>', 'folder of the plan, the report and the runs; sweep/<env> if not given')
    .option('--attach <folder>', 'go on with a sweep that was stopped or killed, to the same report')
    .option(
      '--queue [url]',
      `have the runs made by \`armature work\` on other machines, as redis://host:6379; ${addressVariable} if no address is given`,
    )
    .option('--keep-days <integer>', 'how long the queue keeps what nobody uses', integer(1, 365), usualKeepDays)
    .option('--dry-run', 'say what would be run, and run nothing');
  command.addHelpText('after', explanation);
  for (const each of [statusCommand(), cancelCommand()]) command.addCommand(each);
  return withExamples(
    addReportFlags(command),
    'armature sweep --env panda-reach-joints --vary algorithm=ppo,trpo --vary learningRate=1e-4:1e-2:log:6',
    'armature sweep --env reach --vary arm=panda,ur5e --vary reward=dense,sparse --seeds 5 -- --gamma 0.95',
    'armature sweep --env panda-reach --vary learningRate=1e-4:1e-1:log --vary batch=500:4000:log --random 16 --halving',
    'armature sweep --env panda-push --vary set.horizon=50,100 --dry-run',
    'armature sweep --attach sweep/panda-reach',
    'armature sweep --env reacher --vary gamma=0.9,0.95 --queue redis://192.168.0.5',
    'armature sweep status sweep/reacher --queue redis://192.168.0.5',
  ).action((training: readonly string[], given: SweepOptions) => {
    const said = Object.keys(given).filter((name) => command.getOptionValueSource(name) === 'cli');
    return execute(training, given, said);
  });
}

const explanation = `
--vary KEY=VALUES tries several values of
  algorithm, arm, reward, env, backend, randomize, steps   by name, or by the path of a module or a robot file
  an option of \`armature train\`                            as learningRate or learning-rate
  set.OPTION                                               of the environment, as set.horizon
  motors.PART                                              of a robot file, as motors.stiffness
VALUES are
  ppo,trpo        a list; with semicolons between where values have commas: transfer;mass=0.8:1.2,delay=0:2
  true,false      both ways of a switch
  1e-4:1e-2:log:6 six numbers from one to the other, evenly in the logarithm; lin for evenly
  1e-4:1e-2:log   the range itself, for --random

Every combination is a variant, trained on every seed. A variant is judged by the
interquartile mean over its seeds. With --halving, variants are trained for a
quarter of their steps, the better half of them to the half, and the better half
of these to the end: runs that go on are the same as if they had never rested.
A run that fails is told of in the report, and ends nothing.`;

function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

function stagesOf(text: string): number {
  const stages = /^\d+$/.test(text) ? Number(text) : 0;
  if (stages >= 2 && stages <= 12) return stages;
  throw new InvalidArgumentError('expected from 2 to 12 stages');
}

/** @param said the options that the line has */
async function execute(training: readonly string[], given: SweepOptions, said: readonly string[]): Promise<void> {
  const { attach } = given;
  const planned = attach === undefined ? await newSweep(training, given) : await attached(attach, training, said);
  const { plan, registry } = planned;
  const variants = variantsOf(plan, registry);
  if (attach === undefined) checkVariants(plan, variants, registry);
  if (given.dryRun) {
    sayPlanned(plan, variants, given.json);
    return;
  }
  const out = attach ?? given.out ?? join('sweep', plan.base.env ?? 'environments');
  const sweep = { ...planned, variants, ...runtimeOf(given), out, isNew: attach === undefined };
  await (plan.isComparison ? runComparison(sweep) : runSweep(sweep));
}

function newSweep(training: readonly string[], given: SweepOptions): Promise<Planned> {
  const { vary = [], random, searchSeed, halving } = given;
  if (!vary.length) throw new UsageError('expected what to vary, as --vary learningRate=1e-3,1e-2; --help says how');
  return planFromLine(given, training, {
    isComparison: false,
    command: commandOfResults(),
    random: random === undefined ? null : { draws: random, seed: searchSeed },
    stages: halving === undefined ? 1 : halving === true ? usualStages : halving,
    vary,
  });
}

/** Flags that may stand beside --attach. */
const ofAttached = ['attach', 'jobs', 'json', 'tensorboard', 'dryRun', 'queue', 'keepDays'];

function attached(folder: string, training: readonly string[], said: readonly string[]): Promise<Planned> {
  const stray = said.find((name) => !ofAttached.includes(name));
  if (stray !== undefined || training.length) {
    const what = stray === undefined ? 'training options' : `--${kebab(stray)}`;
    throw new UsageError(`${what}: a sweep goes on as it was planned; start another one to change it`);
  }
  return loadSweep(folder);
}

function sayPlanned(plan: SweepPlan, variants: Variants, json = false): void {
  const seeds = plan.seeds.length;
  const extent = extentOf(variants.count, plan.stages);
  const { steps } = variants.configOf(variants.at(0));
  const isSame = !plan.axes.some(({ key }) => key === 'steps' || key === 'env');
  const total = Math.round(extent.budgets * seeds * steps);
  const shown = Array.from({ length: Math.min(variants.count, mostListed) }, (_, i) => variants.at(i).label);
  if (json) {
    printJson({
      type: 'plan',
      variants: variants.count,
      runs: variants.count * seeds,
      stages: plan.stages,
      steps: isSame ? total : null,
    });
    return;
  }
  const rest = variants.count - shown.length;
  printLines([
    `${plural(variants.count, 'variant')}, ${plural(seeds, 'seed')} each: ${plural(variants.count * seeds, 'run')}${isSame ? `, ${count(total)} training steps in all` : ''}`,
    ...shown.map((label) => `  ${label}`),
    ...(rest ? [`  and ${count(rest)} more`] : []),
  ]);
}

const mostListed = 40;

async function runSweep(sweep: Sweep): Promise<void> {
  const { plan, variants } = sweep;
  const sweeping = {
    ...sweep,
    title: `${aboutOf(plan, variants)} · ${placeName(sweep)}`,
    labelOf: ({ variant, seed }: Pick<SweepRun, 'variant' | 'seed'>) => `${variant.label} seed ${seed}`,
    needsAll: false,
  };
  const library = plottingLibrary();
  await carryOut(sweeping, (found) => report(sweep, found, library));
}

async function report(sweep: Sweep, found: readonly FoundVariant[], library: PlottingLibrary): Promise<void> {
  const { plan, registry, variants, out, json } = sweep;
  const results = await sweepResults(
    plan,
    variants,
    found,
    haveGoals(plan, variants, registry),
    async (variant, seed) => (await resultIn(sweep, variant, seed)).evaluations,
  );
  await writeSealedJson(join(out, sweepFiles.results), format, results);
  const runs = found.flatMap(({ index, runs: own }) =>
    own.map(({ seed, seconds, host }) => ({ run: runName(variants.at(index), seed), seconds, host })),
  );
  await writeTiming(sweep, { runs });
  const inReplay = await writeReplay(runsByRank(results), out);
  const openRun = (name: string, seed: number) => {
    const run = runName({ name }, seed);
    return inReplay.has(run) ? replayAddress(run) : null;
  };
  const provenance = { command: plan.command, software, plotting: `uPlot ${library.version}` };
  const title = `${plan.base.env ?? 'environments'}: ${plan.axes.map(({ key }) => key).join(', ')}`;
  const file = join(out, sweepFiles.report);
  const page = sweepPage(results, provenance, { title, about: aboutOf(plan, variants), openRun });
  writeWhole(file, pageHtml(page, library));
  if (json) printJson({ type: 'result', report: file, ...briefly(results) });
  else print(results, file);
}

const format = { name: 'armature.sweep-results', version: 1, noun: 'the results of a sweep' };

/** A run of every variant, the best first, before the others: a page that cannot hold all shows something of each. */
function runsByRank({ seeds, variants }: SweepResults): string[] {
  return seeds.flatMap((_, i) =>
    variants.flatMap((variant) => (variant.runs[i] ? [runName(variant, variant.runs[i].seed)] : [])),
  );
}

function aboutOf({ base, random, seeds, stages }: SweepPlan, variants: Variants): string {
  return [
    base.env ?? 'several environments',
    `${plural(variants.count, 'variant')}${random ? `, drawn with seed ${random.seed}` : ''}`,
    seeds.length === 1 ? `seed ${seeds[0]}` : `${count(seeds.length)} seeds from ${seeds[0]} on`,
    ...(stages > 1 ? [`successive halving in ${stages} stages`] : []),
  ].join(' · ');
}

/** The results without their curves and their runs. */
function briefly({ curves: _, variants, ...rest }: SweepResults) {
  return { ...rest, variants: variants.map(({ runs: __, ...figures }) => figures) };
}

/** Of more variants a terminal shows the best. */
const mostShown = 20;

function print(results: SweepResults, report: string): void {
  const { columns, rows } = variantTable(results);
  const cells = rows.slice(0, mostShown).map((row) =>
    row.map((cell) => {
      if (typeof cell === 'string') return cell;
      return cell.interval ? `${cell.text} (${cell.interval})` : cell.text;
    }),
  );
  const more = rows.length > mostShown ? [`  and ${rows.length - mostShown} more, in the report`] : [];
  const notes = notesOf(results).map((note) => `  ${note}`);
  const failed = results.failed.slice(0, mostShown).map(({ run, reason }) => `  ${run} failed: ${reason}`);
  printLines(['', ...table([columns, ...cells]), ...more, '', ...failed, ...notes, '', `  Report: ${report}`, '']);
}
