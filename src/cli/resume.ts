import { join } from 'node:path';
import { Command } from 'commander';
import { FileError } from '../../envs/files/errors.ts';
import { UsageError } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/physics.ts';
import { createLearner, type Learner, transplant } from '../learner.ts';
import { decodePolicy, type SavedPolicy } from '../policy-file.ts';
import { type Versions, versions } from '../versions.ts';
import { withExamples } from './command.ts';
import { Failure } from './errors.ts';
import { exists, isFolder, namesIn, read } from './files.ts';
import { lockFolder } from './lock.ts';
import { digestOf, linesUpTo, tableOf } from './metrics.ts';
import { decodePlan, names, type RunPlan } from './run-folder.ts';
import { isCheckpoint, RunWriter } from './run-writer.ts';
import { conduct } from './training.ts';
import { addTrainingOptions, type Given, planFrom } from './training-options.ts';

export function resumeCommand(): Command {
  const command = new Command('resume')
    .description('go on with a run that was stopped or killed, to the same bytes as if it had not been')
    .argument('<run>', "the run's folder");
  addForkOption(command);
  addTrainingOptions(command);
  // They are those of `train`, with the run's own values for what is not given.
  for (const option of command.options) if (!shownOptions.includes(option.long ?? '')) option.hideHelp();
  command.addHelpText('after', explanation);
  return withExamples(
    command,
    'armature resume runs/panda-reach-joints-s0',
    'armature resume runs/panda-reach-joints-s0 --fork --steps 200000 --out runs/longer',
  ).action((run: string, given: Given) => resume(run, undefined, given));
}

const shownOptions = ['--fork', '--steps', '--out', '--json'];

const explanation = `
A run goes on with the configuration it was started with: an option that differs
is refused. That holds for --steps, too: the learning rate falls along the steps
there are, so that a longer run is another one from its first step. With --fork
the run is left as it is, and a new one starts from its latest checkpoint, with
any option of \`armature train\` changed that keeps the sizes of its arrays.`;

export function addForkOption(command: Command): void {
  command.option('--fork', 'start a new run from a run with other options, or made by another version');
}

/** @param env as the user named it, where they did */
export async function resume(run: string, env: string | undefined, given: Given): Promise<void> {
  if (!exists(run)) throw new Failure(`cannot resume ${run}: there is no such folder`);
  if (!isFolder(run)) throw new Failure(`cannot resume ${run}: expected a run's folder, found a file`);
  if (!exists(join(run, names.config))) throw new Failure(`cannot resume ${run}: it holds no ${names.config}`);
  if (given.out !== undefined && !given.fork) throw new UsageError('--out is for a new run: add --fork');
  await loadPhysics();
  if (given.fork) await startFork(run, env, given);
  else await goOn(run, env, given);
}

async function goOn(run: string, env: string | undefined, given: Given): Promise<void> {
  const lock = lockFolder(run);
  try {
    const { plan, learner, lines, madeBy } = await load(run);
    const changes = differences(plan, asked(plan, env, given));
    if (changes.length) {
      throw new UsageError(
        `${run} cannot go on otherwise than it began: ${changes.join(', ')}; --fork starts a new run from it`,
      );
    }
    const other = differences(madeBy, versions);
    if (other.length) {
      throw new Failure(
        `${run} was made by another version (${other.join(', ')}), and would not come to the same bytes; --fork starts a new run from it`,
      );
    }
    const writer = await RunWriter.reopen(run, lock, plan, lines);
    if (!given.json) process.stdout.write(`${run}: going on after iteration ${learner.standing.iteration}\n`);
    await conduct(learner, plan, writer, given.json ?? false);
  } finally {
    lock.release();
  }
}

async function startFork(run: string, env: string | undefined, given: Given): Promise<void> {
  const { plan: before, learner: old, lines } = await load(run);
  const plan = { ...asked(before, env, given), fork: { run, iteration: old.standing.iteration } };
  const learner = transplant(old, plan.config);
  const writer = await RunWriter.create(given.out, plan, lines);
  await writer.save(learner);
  await conduct(learner, plan, writer, given.json ?? false);
}

function asked(before: RunPlan, env: string | undefined, given: Given): RunPlan {
  const own = before.config.env.env;
  if (env !== undefined && env !== own) throw new UsageError(`the run is one of ${own}, not of ${env}`);
  return planFrom(own, given, before);
}

interface Loaded {
  readonly plan: RunPlan;
  readonly learner: Learner;
  /** The table of metrics up to where the learner stands. */
  readonly lines: readonly string[];
  readonly madeBy: Versions;
}

/** The run as it was at its latest whole checkpoint, or before its first iteration. */
async function load(run: string): Promise<Loaded> {
  const file = join(run, names.config);
  const { plan, versions: madeBy, isSealed } = await decodePlan(await read(file), file);
  const saved = await latest(run);
  const changes = saved ? differences(saved.learner.config, plan.config) : [];
  if (changes.length) throw new Failure(`${file} is not that of the checkpoint: ${changes.join(', ')}`);
  if (!isSealed) throw damaged(file, 'checksum', 'that of the content', 'another');
  if (saved) return { plan, learner: saved.learner, lines: await linesOf(saved, run), madeBy: saved.versions };
  if (plan.fork) throw new Failure(`cannot resume ${run}: it holds no ${names.policy}`);
  return { plan, learner: createLearner(plan.config), lines: [], madeBy };
}

/** The table of metrics as it was when the policy was saved. */
async function linesOf({ learner, metrics }: SavedPolicy, run: string): Promise<string[]> {
  const file = join(run, names.metrics);
  const { iteration } = learner.standing;
  const lines = linesUpTo(iteration, exists(file) ? new TextDecoder().decode(await read(file)) : '');
  if (!lines) throw damaged(file, 'lines', `a heading and ${iteration} iterations`, 'less');
  if (iteration && digestOf(tableOf(lines)) !== metrics) {
    throw damaged(file, `iterations 1 to ${iteration}`, 'those that were written', 'others');
  }
  return lines;
}

function damaged(file: string, place: string, expected: string, found: string): FileError {
  return new FileError('damaged', file, { place, expected, found });
}

/** The newest learner of the run that is whole; null where there is none. Damaged ones are named. */
async function latest(run: string): Promise<SavedPolicy | null> {
  const folder = join(run, names.checkpoints);
  const numbered = isFolder(folder) ? namesIn(folder).filter(isCheckpoint).reverse() : [];
  const files = [join(run, names.policy), ...numbered.map((name) => join(folder, name))];
  for (const file of files.filter(exists)) {
    try {
      return await decodePolicy(await read(file), file);
    } catch (error) {
      if (!(error instanceof FileError) || (error.kind !== 'damaged' && error.kind !== 'foreign')) throw error;
      process.stderr.write(`warning: ${error.message}; going on from an earlier checkpoint\n`);
    }
  }
  return null;
}

/** What differs, in words: "options.gamma 0.9, not 0.95". */
function differences(before: object, after: object): string[] {
  const [a, b] = [new Map(leaves(before)), new Map(leaves(after))];
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => `${name} ${a.get(name) ?? 'none'}, not ${b.get(name) ?? 'none'}`);
}

/** The values in an object with their paths. */
function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    typeof inner === 'object' && inner !== null
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, JSON.stringify(inner)]],
  );
}
