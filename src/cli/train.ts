import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Scene } from '../../envs/model/types.ts';
import { resolveOptions, UsageError, withDefaults } from '../../envs/options.ts';
import { budgetOf, type TaskDefinition } from '../../envs/task.ts';
import { type NetBackend, UnusableBackend } from '../policy/network/types.ts';
import { count } from '../report/format.ts';
import { contactNotes, contactsIn } from '../robots/contacts.ts';
import { loadPhysics } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { exists, isFolder } from '../run/files.ts';
import { names } from '../run/folder.ts';
import { checkTraining } from '../run/limits.ts';
import { loadLearner, loadPlan } from '../run/load.ts';
import { lockFolder } from '../run/lock.ts';
import { runOnDisk } from '../run/on-disk.ts';
import { differences, limitsOf, type RunPlan } from '../run/plan.ts';
import { versionsOf } from '../run/schema.ts';
import { RunWriter } from '../run/writer.ts';
import { builtIn, trainingOf, trainingOptionsOf } from '../train/config.ts';
import { forkLearner } from '../train/fork.ts';
import { createLearner, type Learner } from '../train/learner.ts';
import type { Registry } from '../train/registry.ts';
import { isFinished } from '../train/train.ts';
import { optionTable, withExamples } from './command.ts';
import { finderFor, finderWithMeshes, isModulePath, nameIn, openNames, robotNamed } from './modules.ts';
import { printLines, styled, warn } from './output.ts';
import { randomizing, randomizingSets } from './randomize-flag.ts';
import { announceRobot } from './robot-flags.ts';
import { loadBackend, trainAndReport, withFastestBackend } from './training.ts';
import { addTrainingOptions, planFrom, runtimeOptionsOf, type TrainingFlags } from './training-options.ts';

/** @param registry with the modules that are named on the line, whose options it then has */
export function trainCommand(registry: Registry = builtIn): Command {
  const command = new Command('train')
    .description('train a policy, and save it with its history and rollouts')
    .argument('[env]', 'environment; `armature envs` lists them; or a module of your own, as ./push.ts')
    .option(
      '--resume <run>',
      "go on with a run that was stopped or killed, as `armature resume` does; the run's own <env>",
    );
  addTrainingOptions(command, registry);
  for (const task of Object.keys(registry.modules.tasks)) addTaskHelp(command, registry.tasks[task]);
  command.addHelpText('after', drawing);
  command.addHelpText('after', stopping);
  return withExamples(
    command,
    'armature train panda-reach-joints',
    'armature train panda-reach --seed 3 --until-solved --set relativeGoal=true',
    'armature train reacher --steps 200000 --gamma 0.95 --out runs/mine',
    'armature train ./push.ts --arm ./arm.ts --algorithm ./mine.ts',
    'armature train panda-reach-joints --steps 180000 --randomize transfer',
    'armature train ./touch.ts --arm ./so101.urdf --tip gripper',
    'armature train panda-reach --watch',
    'armature train --resume runs/mine',
  ).action(train);
}

const drawing = `
What --randomize draws for every episode, uniformly: mass=0.8:1.2,delay=0:2,
gravity=on; one number stands for itself. A set may be changed by what follows
it, as transfer,payload=0:2. \`armature envs <env>\` lists what a task has.
${randomizing().join('\n')}

${randomizingSets().join('\n')}`;

const stopping = `
Ctrl-C, SIGTERM or a closed terminal save the last whole iteration and end the
process; a second signal ends it at once. A reader that goes away does not: the
run goes on without a display.`;

/** The options of the task that the line names. */
function addTaskHelp(command: Command, task: TaskDefinition): void {
  const { name, description, training = {} } = task;
  const options = withDefaults(task.options, training);
  const budget = budgetOf(task, resolveOptions(options, {}, name));
  const about = `${name}${description ? `: ${description}` : ''}; ${count(budget)} steps unless --steps says otherwise.`;
  const values = Object.keys(options).length
    ? `Its options, by --set name=value:\n${optionTable(options).join('\n')}`
    : 'It has no options.';
  command.addHelpText('after', `\n${about}\n${values}`);
}

async function train(env: string | undefined, flags: TrainingFlags & { readonly resume?: string }): Promise<void> {
  if (flags.resume !== undefined) return resume(flags.resume, env, flags);
  if (env === undefined) throw new UsageError("missing required argument 'env'; `armature envs` lists them");
  if (flags.fork) throw new UsageError('--fork needs a run to start from: --resume <run>');
  if (flags.task)
    throw new UsageError('--task is for a run that is gone on from; a new one takes the module as its <env>');
  const runtime = runtimeOptionsOf(flags);
  const registry = await openNames(env, flags, flags.algorithm ? [flags.algorithm] : []);
  const plan = await withFastestBackend(planFrom(env, flags, registry), flags, registry);
  const backend = await loadBackend(plan.config.backend, runtime.workers);
  const training = trainingOf(plan.config, { backend, registry });
  checkTraining(training);
  const learner = createLearner(training);
  checkLimits(plan, learner);
  const writer = await RunWriter.create(flags.out, plan, learner, warn);
  const robot = await robotNamed(flags);
  if (robot && flags.arm) await announceRobot(flags.arm, robot, flags);
  announceOptions(plan, flags, registry);
  if (learner.env.scene.selfContacts && !flags.json) await announceContacts(learner.env.scene);
  await trainAndReport(learner, plan, writer, runtime);
}

/** Says which options of the environment training has chosen. */
function announceOptions(
  { config: { env } }: RunPlan,
  { set = {}, reward, json }: TrainingFlags,
  registry: Registry,
): void {
  const given = reward === undefined ? set : { ...set, reward };
  const chosen = Object.entries(trainingOptionsOf(env.env, registry)).filter(([name]) => !Object.hasOwn(given, name));
  if (json || !chosen.length) return;
  const all = chosen.map(([name, value]) => `--set ${name}=${value}`).join(' ');
  printLines([`${env.env} is trained with ${all}, for nothing else is said`]);
}

/** Says what of an arm that touches itself can, and what passes through each other. */
async function announceContacts(scene: Scene): Promise<void> {
  await loadPhysics();
  printLines(contactNotes(contactsIn(scene)).map((note) => styled('dim', `contacts: ${note}`)));
}

function checkLimits({ limits }: RunPlan, { env: { spec } }: Learner): void {
  if (!limits.untilSolved || spec.hasSuccess) return;
  throw new UsageError(`--until-solved needs a goal to reach; ${spec.name} has none: give --steps instead`);
}

export function resumeCommand(registry: Registry = builtIn): Command {
  const command = new Command('resume')
    .description('go on with a run that was stopped or killed, to the same bytes as if it had not been')
    .argument('<run>', "the run's folder");
  addTrainingOptions(command, registry);
  // They are those of `train`, with the run's own values for what is not given.
  for (const option of command.options) if (!shownOptions.includes(option.long ?? '')) option.hideHelp();
  command.addHelpText('after', explanation);
  return withExamples(
    command,
    'armature resume runs/panda-reach-joints-s0',
    'armature resume runs/panda-reach-joints-s0 --fork --steps 200000 --out runs/longer',
  ).action((run: string, flags: TrainingFlags) => resume(run, undefined, flags));
}

const shownOptions = [
  '--fork',
  '--steps',
  '--out',
  '--workers',
  '--recordings-budget',
  '--tensorboard',
  '--watch',
  '--json',
  '--task',
];

const explanation = `
A run goes on with the configuration it was started with: an option that differs
is refused. That holds for --steps, too: the learning rate falls along the steps
there are, so that a longer run is another one from its first step. With --fork
the run is left as it is, and a new one starts from its latest checkpoint, with
any option of \`armature train\` changed that keeps the sizes of its arrays.`;

/** @param env as the user named it, if at all */
export async function resume(run: string, env: string | undefined, flags: TrainingFlags): Promise<void> {
  if (!exists(run)) throw new Failure(`cannot resume ${run}: there is no such folder`);
  if (!isFolder(run)) throw new Failure(`cannot resume ${run}: expected a run's folder, found a file`);
  if (!exists(join(run, names.config))) throw new Failure(`cannot resume ${run}: it holds no ${names.config}`);
  if (flags.out !== undefined && !flags.fork) throw new UsageError('--out is for a new run: add --fork');
  const named = isModulePath(env) ? { ...flags, task: flags.task ?? env } : flags;
  if (flags.fork) await startFork(run, env, named);
  else await goOn(run, env, named);
}

async function goOn(run: string, env: string | undefined, flags: TrainingFlags): Promise<void> {
  const lock = await lockFolder(run);
  try {
    const find = finderWithMeshes(run, finderFor(run, flags, 'same', '--fork starts a new run from it'));
    const files = runOnDisk(run);
    const saved = await loadPlan(files, find);
    const { plan } = saved;
    const changes = differences(plan, changedPlan(plan, env, flags, await find(plan.config)));
    if (changes.length) {
      const what = `${run} cannot go on otherwise than it began: ${changes.join(', ')}`;
      throw new UsageError(`${what}; --fork starts a new run from it`);
    }
    const backend = await sameBackend(
      run,
      plan.config.backend,
      saved.versions.network,
      runtimeOptionsOf(flags).workers,
    );
    const loaded = await loadLearner(files, saved, warn, { backend, find });
    const others = differences(loaded.versions, versionsOf(backend));
    if (others.length) {
      const what = `${run} was made by another version (${others.join(', ')}), and would not come to the same bytes`;
      throw new Failure(`${what}; --fork starts a new run from it`);
    }
    const { learner } = loaded;
    const writer = await RunWriter.reopen(run, lock, plan, loaded, warn);
    const taken = lock.isTakenOver ? 'taken over from a process that gives no sign of life, and ' : '';
    if (!flags.json) printLines([`${run}: ${taken}${progressOf(learner, plan)}`]);
    await trainAndReport(learner, plan, writer, runtimeOptionsOf(flags));
  } finally {
    lock.release();
  }
}

function progressOf(learner: Learner, plan: RunPlan): string {
  const { iteration } = learner.progress;
  if (!isFinished(learner, limitsOf(plan))) {
    return `going on after iteration ${iteration}`;
  }
  return `finished after iteration ${iteration}; --fork with other limits, as --steps, starts a new run from it`;
}

/** The backend of a run as it was. */
async function sameBackend(run: string, name: string, version: string, workers: number): Promise<NetBackend> {
  try {
    return await loadBackend(name, workers, version);
  } catch (error) {
    if (!(error instanceof UnusableBackend)) throw error;
    const elsewhere = '`--fork` with another `--backend` starts a new run from it';
    throw new Failure(`${run} cannot go on here: ${error.message}; ${elsewhere}`);
  }
}

async function startFork(run: string, env: string | undefined, flags: TrainingFlags): Promise<void> {
  const find = finderWithMeshes(run, finderFor(run, flags, 'any'));
  const files = runOnDisk(run);
  const saved = await loadPlan(files, find);
  const registry = await find(saved.plan.config);
  const { learner: trained } = await loadLearner(files, saved, warn, { find, toFork: true });
  // Where the old run was to stop says nothing of the new one.
  const unlimited = { ...saved.plan, limits: { iterations: null, untilSolved: false } };
  const changed = changedPlan(unlimited, env, flags, registry);
  const forked = { ...changed, fork: { run: basename(resolve(run)), iteration: trained.progress.iteration } };
  const plan = await withFastestBackend(forked, flags, registry);
  const backend = await loadBackend(plan.config.backend, runtimeOptionsOf(flags).workers);
  const training = trainingOf(plan.config, { backend, registry });
  checkTraining(training);
  const learner = forkLearner(trained, training);
  checkLimits(plan, learner);
  if (isFinished(learner, limitsOf(plan))) {
    const { envSteps, iteration } = learner.progress;
    throw new UsageError(
      `${run} stands after ${iteration} iterations and ${envSteps} steps, with nothing left to do: give more --steps`,
    );
  }
  const writer = await RunWriter.create(flags.out, plan, learner, warn);
  await writer.save(learner);
  await trainAndReport(learner, plan, writer, runtimeOptionsOf(flags));
}

/** The run's plan with what the command line says otherwise. */
function changedPlan(plan: RunPlan, env: string | undefined, flags: TrainingFlags, registry: Registry): RunPlan {
  const own = plan.config.env.env;
  if (env !== undefined && nameIn('tasks', env, registry) !== own)
    throw new UsageError(`the run is one of ${own}, not of ${env}`);
  return planFrom(own, flags, registry, plan);
}
