import { hostname } from 'node:os';
import { join } from 'node:path';
import { FileError } from '../../envs/recording/errors.ts';
import { backends } from '../policy/network/index.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { loadPhysics } from '../run/engine.ts';
import { Failure } from '../run/failure.ts';
import { exists, isFolder, namesIn, read, removeAll } from '../run/files.ts';
import { names } from '../run/folder.ts';
import { checkTraining } from '../run/limits.ts';
import { loadLearner, loadPlan, type Warn } from '../run/load.ts';
import { lockFolder } from '../run/lock.ts';
import { runOnDisk } from '../run/on-disk.ts';
import { differences, limitsOf } from '../run/plan.ts';
import { usualRecordingsBudget } from '../run/recordings.ts';
import { versionsOf } from '../run/schema.ts';
import { checkStop } from '../run/stop.ts';
import { saveRun, trainRun } from '../run/training.ts';
import { RunWriter } from '../run/writer.ts';
import { builtIn, trainingOf } from '../train/config.ts';
import { evaluate, evaluationGoals } from '../train/evaluate.ts';
import { createLearner, type Learner } from '../train/learner.ts';
import type { Registry } from '../train/registry.ts';
import { isFinished } from '../train/train.ts';
import { evaluatedOf, evaluationsIn, termsOf } from './evaluations.ts';
import { firstGoalSeed, type Job, jobDigest } from './job.ts';
import { isKept, keep, performedIn, timingIn } from './kept.ts';
import type { Evaluated, Performed, RunProgress, RunResult, RunTiming } from './result.ts';

export interface PerformOptions {
  /** What the names in the job stand for, with the meshes of its robot; what ships if not given. */
  readonly registry?: Registry;
  /** Whether the metrics are written for TensorBoard, too. */
  readonly tensorboard?: boolean;
  /** Called after every iteration; what it returns is waited for. */
  readonly onProgress?: (progress: RunProgress) => void | Promise<void>;
  readonly warn?: Warn;
}

/**
 * Makes a run in this process and evaluates its policy. The run begins in the folder, or goes on with what lies there of it, to the
 * same bytes; where nothing there can be gone on with, it begins anew. The result is kept in the folder, and is the same
 * however often the run was stopped: it is read off the run's files.
 * @throws Failure for what is in the way, and for a folder that holds another run
 * @throws Stopped once the process was told to stop; the run is saved as far as it came
 */
export async function performJob(job: Job, folder: string, options: PerformOptions = {}): Promise<Performed> {
  const known = await performedIn(folder, job);
  if (known) return known;
  const { onProgress, tensorboard = false } = options;
  const began = performance.now();
  const { learner, writer } = await opened(job, folder, options);
  try {
    const before = await timingIn(folder);
    writer.limitRecordings(usualRecordingsBudget);
    writer.followForTensorBoard(tensorboard);
    let last = (await evaluationsOf(folder)).at(-1);
    if (!isDone(learner, job)) {
      for await (const { envSteps, evaluation } of trainRun(learner, job.plan, writer, 1)) {
        if (evaluation) last = evaluatedOf(envSteps, evaluation);
        await onProgress?.({ steps: envSteps, last });
        // Messages come and go between two turns of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        if (isDone(learner, job)) break;
      }
    }
    const seconds = (before?.seconds ?? 0) + (performance.now() - began) / 1000;
    await loadPhysics();
    await saveRun(learner, writer);
    checkStop();
    const result = await resultOf(job, folder, learner);
    const timing: RunTiming = { seconds, host: hostname() };
    await keep(folder, job, { result, timing });
    return { result, timing };
  } finally {
    writer.close();
  }
}

interface Opened {
  readonly learner: Learner;
  readonly writer: RunWriter;
}

/** The run as far as it has come. */
async function opened(
  job: Job,
  folder: string,
  { registry = builtIn, warn = () => {} }: PerformOptions,
): Promise<Opened> {
  const { plan } = job;
  const backend = await backends[plan.config.backend].load();
  const goneOn = await reopened(job, folder, { backend, registry, warn });
  if (goneOn) return goneOn;
  clearRun(folder);
  const training = trainingOf(plan.config, { backend, registry });
  checkTraining(training);
  const learner = createLearner(training);
  return { learner, writer: await RunWriter.create(folder, plan, learner, warn) };
}

interface Reopening {
  readonly backend: NetBackend;
  readonly registry: Registry;
  readonly warn: Warn;
}

/** The run that lies in the folder; null where none does that the job can go on with. */
async function reopened(job: Job, folder: string, { backend, registry, warn }: Reopening): Promise<Opened | null> {
  if (!exists(join(folder, names.config))) return null;
  const lock = await lockFolder(folder);
  try {
    const find = async () => registry;
    const files = runOnDisk(folder);
    const saved = await loadPlan(files, find);
    const changes = differences(saved.plan, job.plan);
    if (changes.length) throw new Failure(`${folder} holds another run: ${changes.join(', ')}`);
    const loaded = await loadLearner(files, saved, warn, { backend, find });
    const others = differences(loaded.versions, versionsOf(backend));
    if (others.length) throw new Failure(`${folder} was made by another version: ${others.join(', ')}`);
    if (!loaded.isTableLost && !isBeyond(job, loaded.lines)) {
      return { learner: loaded.learner, writer: await RunWriter.reopen(folder, lock, saved.plan, loaded, warn) };
    }
    lock.release();
    return null;
  } catch (error) {
    lock.release();
    if (error instanceof FileError) return null;
    throw error;
  }
}

/** Whether the iteration before the last one is already where the job stands still: a run does not go back. */
function isBeyond({ pauseAt }: Job, table: readonly string[]): boolean {
  if (pauseAt === null) return false;
  const column = table[0]?.split(',').indexOf('env_steps');
  const before = table.slice(1).at(-2);
  return before !== undefined && Number(before.split(',')[column]) >= pauseAt;
}

/** Removes the files of a run that cannot be gone on with, and nothing else. */
function clearRun(folder: string): void {
  if (!isFolder(folder)) return;
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (isKept(name) || Object.values<string>(names).includes(name)) removeAll(path);
  }
}

function isDone(learner: Learner, { plan, pauseAt }: Job): boolean {
  if (isFinished(learner, limitsOf(plan))) return true;
  return pauseAt !== null && learner.progress.envSteps >= pauseAt;
}

async function evaluationsOf(folder: string): Promise<Evaluated[]> {
  const file = join(folder, names.metrics);
  return exists(file) ? evaluationsIn(new TextDecoder().decode(await read(file))) : [];
}

async function resultOf(job: Job, folder: string, learner: Learner): Promise<RunResult> {
  const goals = { seed: firstGoalSeed + job.plan.config.seed, set: evaluationGoals, episodes: job.goals };
  const { evaluation } = evaluate(learner.env, actorOf(learner), goals);
  const { meanReturn, successRate, terms } = evaluation;
  if (!Number.isFinite(meanReturn)) throw new Failure('its return is not a number');
  const { envSteps: steps, solvedAt } = learner.progress;
  const evaluations = await evaluationsOf(folder);
  return { job: jobDigest(job), steps, evaluations, solvedAt, meanReturn, successRate, ...termsOf(terms) };
}
