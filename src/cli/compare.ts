import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { seal, unsealed } from '../../envs/recording/checksum.ts';
import { software } from '../../envs/recording/sealed.ts';
import { algorithms } from '../algorithms/index.ts';
import { createDisplay } from '../compare/display.ts';
import { type ComparisonPlan, jobsOf, label, planComparison } from '../compare/plan.ts';
import { ProcessPool } from '../compare/processes.ts';
import { type Circumstances, reportPage } from '../compare/report.ts';
import { type Results, resultsOf, type WallTimes, wallTimesOf } from '../compare/results.ts';
import { makeRuns, type Run } from '../compare/runs.ts';
import { notesOf, tableOf } from '../compare/table.ts';
import { backends } from '../policy/network/index.ts';
import { table } from '../report/format.ts';
import { makeEmptyFolder, writeWhole } from '../run/files.ts';
import { trainOptions } from '../train/config.ts';
import { printJson, withExamples } from './command.ts';
import { addOptions, integer, keyValue, valuesOf } from './options.ts';
import { clock } from './progress.ts';

interface Given {
  readonly env: string;
  readonly algorithms?: readonly string[];
  readonly seeds: number;
  readonly goals: number;
  readonly jobs: number;
  readonly steps?: number;
  readonly arm?: string;
  readonly reward?: string;
  readonly backend?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly out?: string;
  readonly json?: boolean;
}

const files = { report: 'report.html', results: 'results.json', runs: 'runs' } as const;

export function compareCommand(): Command {
  const names = Object.keys(algorithms);
  const command = new Command('compare')
    .description('train with several algorithms on several seeds, and report how fast and how well each learns')
    .argument('[training...]', 'after --, options of `train` for every run')
    .requiredOption('--env <name>', 'environment; `armature envs` lists them')
    .option(
      '--algorithms <names>',
      `learning algorithms, with commas between (${names.join(', ')}); all if not given`,
      list,
    )
    .option('--seeds <integer>', 'seeds of each algorithm: 0, 1, ..', integer(1, 10_000), 10)
    .option('--steps <integer>', "training steps of each run; the environment's budget if not given", integer(1))
    .option('--arm <name>', "robot arm; the environment's own if not given")
    .option('--reward <name>', 'dense or sparse, where the environment has both')
    .option('--set <key=value>', 'set an option of the environment (repeatable)', keyValue)
    .option('--backend <name>', `what the networks are trained on (${Object.keys(backends).join(', ')}) [wasm]`)
    .option('--goals <integer>', 'fresh goals that judge each trained policy', integer(1, 100_000), 500)
    .option('--jobs <integer>', 'runs at a time', integer(1, 1000), availableParallelism())
    .option('--out <folder>', 'folder of the report and the runs; compare/<env> if not given')
    .option('--json', 'print the results as one line of JSON, and the progress to stderr');
  return withExamples(
    command,
    'armature compare --env panda-reach-joints --seeds 10',
    `armature compare --algorithms ${names.slice(0, 2).join(',')} --env panda-reach --seeds 5 --set relativeGoal=true`,
    'armature compare --env reacher --seeds 3 --steps 200000 --out compare/gamma -- --gamma 0.95',
  ).action((training: readonly string[], given: Given) => execute(training, given));
}

async function execute(training: readonly string[], given: Given): Promise<void> {
  const { jobs, json } = given;
  const extra = parseTraining(training);
  const reward = given.reward === undefined ? {} : { reward: given.reward };
  const plan = planComparison({
    ...given,
    algorithms: given.algorithms ?? Object.keys(algorithms),
    envOptions: { ...given.set, ...reward },
    options: extra.values,
  });
  const out = given.out ?? join('compare', plan.env.env);
  makeEmptyFolder(out);
  const crew = new ProcessPool(fileURLToPath(new URL('./main.js', import.meta.url)));
  const display = createDisplay(plan, jobs, json ? process.stderr : process.stdout);
  const release = stopOnSignals(crew);
  let runs: Run[];
  try {
    runs = await makeRuns(plan, {
      crew,
      jobs,
      folder: join(out, files.runs),
      trainArgs: (algorithm) => [...environmentArgs(given), ...extra.argsFor(algorithm)],
      watcher: display,
    });
  } finally {
    release();
    display.end();
  }
  if (crew.stopped) sayStopped(plan, runs, out, given);
  else await save(plan, runs, out, given);
}

/** The options after `--`: their values, and as `train` takes them. */
function parseTraining(training: readonly string[]) {
  const options = [...trainOptions, ...Object.values(algorithms).flatMap((algorithm) => algorithm.options)];
  // Algorithms may share a name, each with bounds of its own: those are checked with the rest of its configuration.
  const unique = [...new Map(options.map((option) => [option.name, option])).values()];
  const unbounded = unique.map((option) => ({ ...option, low: undefined, high: undefined }));
  const command = new Command('train').exitOverride().configureOutput({ writeErr: () => {} });
  addOptions(command, unbounded, 'train');
  try {
    command.parse(training, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`${error.message.replace(/^error: /, '')} (of the training options, which follow --)`);
  }
  const values = valuesOf(unique, command.opts());
  const argsFor = (algorithm: string) => {
    const own = [...trainOptions, ...algorithms[algorithm].options].map(({ name }) => name);
    return command.options.flatMap((flag): string[] => {
      const name = flag.attributeName();
      if (values[name] === undefined || !own.includes(name)) return [];
      return flag.required ? [`${flag.long}`, `${values[name]}`] : [`${flag.long}`];
    });
  };
  return { values, argsFor };
}

function environmentArgs({ steps, arm, reward, backend, set }: Given): string[] {
  return [
    ...(backend === undefined ? [] : ['--backend', backend]),
    ...(steps === undefined ? [] : ['--steps', String(steps)]),
    ...(arm === undefined ? [] : ['--arm', arm]),
    ...(reward === undefined ? [] : ['--reward', reward]),
    ...Object.entries(set ?? {}).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ];
}

/** Ends the crew with this process, however that ends. Returns what undoes it. */
function stopOnSignals(crew: ProcessPool): () => void {
  const stop = () => crew.stop();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  process.on('exit', stop);
  return () => {
    for (const signal of signals) process.removeListener(signal, stop);
    process.removeListener('exit', stop);
  };
}

function sayStopped(plan: ComparisonPlan, runs: readonly Run[], out: string, { json }: Given): void {
  const where = runs.length ? `, kept in ${join(out, files.runs)}: ${runs.map(label).join(', ')}` : '';
  const text = `Stopped: ${runs.length} of ${jobsOf(plan).length} runs finished${where}. There is no report.`;
  if (json) printJson({ type: 'stopped', finished: runs.map(({ algorithm, seed }) => ({ algorithm, seed })) });
  else process.stdout.write(`\n  ${text}\n\n`);
  process.exitCode = 130;
}

async function save(plan: ComparisonPlan, runs: readonly Run[], out: string, { jobs, json }: Given): Promise<void> {
  const results = resultsOf(plan, runs);
  const provenance: Circumstances = {
    command: commandLine(process.argv.slice(2)),
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
    version: 1,
    checksum: unsealed,
    software,
    ...results,
    made: provenance,
  };
  const text = `${JSON.stringify(document, null, 1)}\n`;
  writeWhole(join(out, files.results), await seal(new TextEncoder().encode(text)));
  writeWhole(report, reportPage(results, provenance));
  if (json) printJson({ type: 'result', report, ...briefly(results, provenance.wall) });
  else print(results, provenance, report);
}

/** The results without their curves. */
function briefly({ grid: _, algorithms, ...rest }: Results, wall: WallTimes) {
  return { ...rest, algorithms: algorithms.map(({ curves: _, runs: __, ...figures }) => figures), wall };
}

function print(results: Results, { wall, jobs }: Circumstances, report: string): void {
  const { headings, rows } = tableOf(results, wall);
  const cells = rows.map((row) => row.map(({ text, interval }) => (interval ? `${text} (${interval})` : text)));
  const notes = notesOf(results, jobs).map((note) => `  ${note}`);
  process.stdout.write(`\n${table([headings, ...cells])}\n\n${notes.join('\n')}\n\n  Report: ${report}\n\n`);
}

/** The command as one would type it. */
function commandLine(args: readonly string[]): string {
  const quoted = args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`));
  return ['npx armature', ...quoted].join(' ');
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}
