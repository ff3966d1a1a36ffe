import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, Option as Flag, InvalidArgumentError } from 'commander';
import { trained } from '../../envs/dynamics/ranges.ts';
import { UsageError } from '../../envs/options.ts';
import { seal, unsealed } from '../../envs/recording/checksum.ts';
import { software } from '../../envs/recording/sealed.ts';
import { type ComparisonPlan, firstGoalSeed, label, planComparison, runName, runsOf } from '../compare/plan.ts';
import { type ComparisonProvenance, comparisonPage } from '../compare/report.ts';
import { type Results, resultsOf, type WallTimes, wallTimesOf } from '../compare/results.ts';
import { makeRuns, type Run } from '../compare/runs.ts';
import { notesOf, tableOf } from '../compare/table.ts';
import { builtPage, plottingLibrary } from '../pages/assets.ts';
import { type Shared, sharePage } from '../pages/share-page.ts';
import { backends } from '../policy/network/index.ts';
import { table } from '../report/format.ts';
import { type PlottingLibrary, pageHtml } from '../report/page.ts';
import { taskSettings } from '../robots/motor-settings.ts';
import { Failure } from '../run/failure.ts';
import { makeEmptyFolder, read, writeWhole } from '../run/files.ts';
import { names as runFiles } from '../run/folder.ts';
import { ProcessPool } from '../run/processes.ts';
import { builtIn, ownOptions } from '../train/config.ts';
import type { Registry } from '../train/registry.ts';
import { addOptions, commandOfPage, integer, keyValue, valuesOf, withExamples } from './command.ts';
import { comparisonDisplay } from './comparison-progress.ts';
import { clock } from './display.ts';
import { armIn, isModulePath, isRobotPath, nameIn, openNames } from './modules.ts';
import { printJson, printLines, warn } from './output.ts';
import { addRandomizeFlag } from './randomize-flag.ts';
import { addRobotFlags, type RobotFlags, robotArgs } from './robot-flags.ts';
import { exitCodeOf, stopSignals } from './supervisor.ts';
import { allOptions } from './training-options.ts';

interface CompareOptions extends RobotFlags {
  readonly env: string;
  readonly algorithms?: readonly string[];
  readonly seeds: readonly number[];
  readonly goals: number;
  readonly jobs: number;
  readonly steps?: number;
  readonly arm?: string;
  readonly reward?: string;
  readonly randomize?: string;
  readonly backend?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly out?: string;
  readonly tensorboard?: boolean;
  readonly json?: boolean;
}

/** Seeds of an algorithm, at most. */
const mostSeeds = 10_000;

const files = { report: 'report.html', results: 'results.json', replay: 'replay.html', runs: 'runs' } as const;

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
  const { jobs, json } = given;
  const registry = await openNames(given.env, given, given.algorithms);
  const extra = parseTraining(training, registry);
  const plan = planOf(given, extra.values, registry);
  const library = plottingLibrary();
  const out = given.out ?? join('compare', plan.env.env);
  makeEmptyFolder(out);
  const pool = new ProcessPool(fileURLToPath(new URL('./main.js', import.meta.url)));
  const display = comparisonDisplay(plan, jobs, json ? process.stderr : process.stdout);
  const release = stopOnSignals(pool);
  let runs: Run[];
  try {
    runs = await makeRuns(plan, {
      pool,
      jobs,
      folder: join(out, files.runs),
      trainArgs: (algorithm) => [
        given.env,
        ...['--algorithm', pathOf(algorithm, registry) ?? algorithm],
        ...environmentArgs(given),
        ...extra.argsFor(algorithm),
        ...(given.tensorboard ? ['--tensorboard'] : []),
      ],
      evalArgs: (algorithm) => {
        const named = { task: given.env, arm: given.arm, algorithm: pathOf(algorithm, registry) };
        const modules = Object.entries(named).flatMap(([kind, path]) =>
          isModulePath(path) && !isRobotPath(path) ? [`--${kind}`, path] : [],
        );
        return [...modules, ...(given.randomize === undefined ? [] : ['--randomize', trained])];
      },
      listener: display,
    });
  } finally {
    release();
    display.end();
  }
  if (pool.stopped) sayStopped(plan, runs, out, given);
  else await save(plan, runs, out, library, given);
}

function planOf(given: CompareOptions, options: Readonly<Record<string, unknown>>, registry: Registry): ComparisonPlan {
  const reward = given.reward === undefined ? {} : { reward: given.reward };
  const named = given.algorithms?.map((algorithm) => nameIn('algorithms', algorithm, registry));
  const plan = {
    ...given,
    env: nameIn('tasks', given.env, registry),
    arm: armIn(given.arm, registry),
    algorithms: named ?? Object.keys(registry.algorithms),
    envOptions: { ...taskSettings(given.set), ...reward },
    dynamics: given.randomize,
    options,
  };
  return planComparison(plan, registry);
}

/** The options after `--`: their values, and as `train` takes them. */
function parseTraining(training: readonly string[], registry: Registry) {
  const all = allOptions(registry);
  // Algorithms may share a name, each with bounds of its own: those are checked with the rest of its configuration.
  const unbounded = Object.fromEntries(
    Object.entries(all).map(([name, option]) => [name, { ...option, low: undefined, high: undefined }]),
  );
  const command = new Command('train').exitOverride().configureOutput({ writeErr: () => {} });
  addOptions(command, unbounded, 'train');
  try {
    command.parse(training, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (of the training options, which follow --)`);
  }
  const values = valuesOf(all, command.opts());
  const argsFor = (algorithm: string) => {
    const own = ownOptions(algorithm, values, registry);
    return command.options.flatMap((flag): string[] => {
      const name = flag.attributeName();
      if (own[name] === undefined) return [];
      return flag.required ? [`${flag.long}`, `${own[name]}`] : [`${flag.long}`];
    });
  };
  return { values, argsFor };
}

/** The module of an algorithm; none of one that ships. */
function pathOf(algorithm: string, { modules, sources }: Registry): string | undefined {
  const identity = modules.algorithms[algorithm];
  return identity && sources.find((source) => source.identity === identity)?.path;
}

/** The comparison's own options, as `train` takes them. */
function environmentArgs({ set = {}, ...given }: CompareOptions): string[] {
  const named = (['backend', 'steps', 'arm', 'reward', 'randomize'] as const).flatMap((name) =>
    given[name] === undefined ? [] : [`--${name}`, String(given[name])],
  );
  return [
    ...named,
    ...robotArgs(given),
    ...Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ];
}

/** Ends the pool's processes with this one, however that ends. Returns what undoes it. */
function stopOnSignals(pool: ProcessPool): () => void {
  const stop = (signal: string | number) => {
    if (typeof signal === 'string') process.exitCode = exitCodeOf(signal);
    pool.stop();
  };
  const [events, names]: [NodeJS.EventEmitter, string[]] = [process, [...stopSignals, 'exit']];
  for (const name of names) events.on(name, stop);
  return () => {
    for (const name of names) events.off(name, stop);
  };
}

function sayStopped(plan: ComparisonPlan, runs: readonly Run[], out: string, { json }: CompareOptions): void {
  const where = runs.length ? `, kept in ${join(out, files.runs)}: ${runs.map(label).join(', ')}` : '';
  const text = `Stopped: ${runs.length} of ${runsOf(plan).length} runs finished${where}. There is no report.`;
  if (json) printJson({ type: 'stopped', finished: runs.map(({ algorithm, seed }) => ({ algorithm, seed })) });
  else printLines(['', `  ${text}`, '']);
}

async function save(
  plan: ComparisonPlan,
  runs: readonly Run[],
  out: string,
  library: PlottingLibrary,
  { jobs, json }: CompareOptions,
): Promise<void> {
  const results = resultsOf(plan, runs);
  const provenance: ComparisonProvenance = {
    command: commandOfPage(),
    jobs,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    software,
    date: new Date().toISOString().slice(0, 10),
    wall: wallTimesOf(plan, runs, clock()),
  };
  const report = join(out, files.report);
  const document = {
    format: 'armature.comparison',
    version: 2,
    checksum: unsealed,
    software,
    ...results,
    made: provenance,
  };
  const text = `${JSON.stringify(document, null, 1)}\n`;
  writeWhole(join(out, files.results), await seal(new TextEncoder().encode(text)));
  const hasReplay = await writeReplay(runs, out);
  const replayOf = (algorithm: string, seed: number) =>
    `${files.replay}#${new URLSearchParams({ file: recordingName(algorithm, seed) })}`;
  writeWhole(
    report,
    pageHtml(
      comparisonPage(results, provenance, `uPlot ${library.version}`, hasReplay ? replayOf : undefined),
      library,
    ),
  );
  if (json) printJson({ type: 'result', report, ...briefly(results, provenance.wall) });
  else print(results, provenance, report);
}

/** Recordings that a replay page holds at most, bytes: a browser takes its time over a larger one. */
const mostReplayed = 100e6;

/**
 * All runs' last rollouts in one page, which the report opens at any of them. Whether there is one: a report without is better than
 * none, so that nothing that is in the way of the page is in that of the report.
 */
async function writeReplay(runs: readonly Run[], out: string): Promise<boolean> {
  try {
    const page = builtPage();
    const recordings: Shared[] = [];
    let bytes = 0;
    for (const { algorithm, seed } of runs) {
      const name = recordingName(algorithm, seed);
      const recording = { name, bytes: await read(join(out, files.runs, name)) };
      bytes += recording.bytes.length;
      if (bytes > mostReplayed) throw new Failure(`the runs' rollouts have more than ${mostReplayed / 1e6} MB`);
      recordings.push(recording);
    }
    writeWhole(join(out, files.replay), sharePage(page, recordings));
    return true;
  } catch (error) {
    const watch = `armature view ${join(out, files.runs)}`;
    warn(`no replay page beside the report: ${(error as Error).message}; to watch the runs: ${watch}`);
    return false;
  }
}

function recordingName(algorithm: string, seed: number): string {
  return `${runName({ algorithm, seed })}/${runFiles.rollouts}`;
}

/** The results without their curves. */
function briefly({ grid: _, algorithms, ...rest }: Results, wall: WallTimes) {
  return { ...rest, algorithms: algorithms.map(({ curves: _, runs: __, ...figures }) => figures), wall };
}

function print(results: Results, { wall, jobs }: ComparisonProvenance, report: string): void {
  const { columns, rows } = tableOf(results, wall);
  const cells = rows.map((row) => row.map(({ text, interval }) => (interval ? `${text} (${interval})` : text)));
  const notes = notesOf(results, jobs).map((note) => `  ${note}`);
  printLines(['', ...table([columns, ...cells]), '', ...notes, '', `  Report: ${report}`, '']);
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

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
