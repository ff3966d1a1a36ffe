import { join } from 'node:path';
import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { backends } from '../policy/network/index.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { UnusableBackend } from '../policy/network/unusable.ts';
import { Failure } from '../run/failure.ts';
import { exists, isFolder } from '../run/files.ts';
import type { RunPlan } from '../run/folder.ts';
import { differences, loadRun } from '../run/load.ts';
import { lockFolder } from '../run/lock.ts';
import { names } from '../run/names.ts';
import { versionsOf } from '../run/versions.ts';
import { RunWriter } from '../run/writer.ts';
import { forkLearner } from '../train/fork.ts';
import { isFinished } from '../train/train.ts';
import { withFastest } from './backends.ts';
import { withExamples } from './command.ts';
import { conduct } from './training.ts';
import { addTrainingOptions, type Given, planFrom, runtimeOptionsOf } from './training-options.ts';

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

const shownOptions = ['--fork', '--steps', '--out', '--workers', '--json'];

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
  if (given.fork) await startFork(run, env, given);
  else await goOn(run, env, given);
}

async function goOn(run: string, env: string | undefined, given: Given): Promise<void> {
  const lock = lockFolder(run);
  const manner = runtimeOptionsOf(given);
  try {
    const loaded = await loadRun(run, async (plan, madeBy) => {
      const changes = differences(plan, asked(plan, env, given));
      if (changes.length) {
        throw new UsageError(
          `${run} cannot go on otherwise than it began: ${changes.join(', ')}; --fork starts a new run from it`,
        );
      }
      return manner.hands.on(await sameBackend(run, plan.config.backend, madeBy.network));
    });
    const { plan, learner, madeBy } = loaded;
    const other = differences(madeBy, versionsOf(learner.backend));
    if (other.length) {
      throw new Failure(
        `${run} was made by another version (${other.join(', ')}), and would not come to the same bytes; --fork starts a new run from it`,
      );
    }
    const writer = await RunWriter.reopen(run, lock, loaded);
    if (!given.json) process.stdout.write(`${run}: going on after iteration ${learner.progress.iteration}\n`);
    await conduct(learner, plan, writer, manner);
  } finally {
    lock.release();
  }
}

/** The backend of a run as it was. */
async function sameBackend(run: string, name: string, before: string): Promise<NetBackend> {
  try {
    return await backends[name].load(before);
  } catch (error) {
    if (!(error instanceof UnusableBackend)) throw error;
    const elsewhere = '`--fork` with another `--backend` starts a new run from it';
    throw new Failure(`${run} cannot go on here: ${error.message}; ${elsewhere}`);
  }
}

async function startFork(run: string, env: string | undefined, given: Given): Promise<void> {
  const { plan: before, learner: old } = await loadRun(run);
  // Where the old run was to stop says nothing of the new one.
  const unlimited = { ...before, limits: { iterations: null, untilSolved: false } };
  const forked = { ...asked(unlimited, env, given), fork: { run, iteration: old.progress.iteration } };
  const manner = runtimeOptionsOf(given);
  const plan = await withFastest(forked, given.backend, manner);
  const backend = await backends[plan.config.backend].load();
  const learner = forkLearner(old, plan.config, manner.hands.on(backend));
  if (isFinished(learner, { ...plan.limits, iterations: plan.limits.iterations ?? undefined })) {
    const { envSteps, iteration } = learner.progress;
    throw new UsageError(
      `${run} stands after ${iteration} iterations and ${envSteps} steps, with nothing left to do: give more --steps`,
    );
  }
  const writer = await RunWriter.create(given.out, plan, backend);
  await writer.save(learner);
  await conduct(learner, plan, writer, manner);
}

function asked(before: RunPlan, env: string | undefined, given: Given): RunPlan {
  const own = before.config.env.env;
  if (env !== undefined && env !== own) throw new UsageError(`the run is one of ${own}, not of ${env}`);
  return planFrom(own, given, before);
}
