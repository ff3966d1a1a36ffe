import { EpisodeError } from '../../envs/sim/episode-error.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { commandLine } from '../report/format.ts';
import { rollOutWith } from '../rollout/rollout.ts';
import { createWorkerPool, LostWorkers } from '../rollout/workers/pool.ts';
import { type Evaluation, summarize } from '../train/evaluate.ts';
import { rollOutHeldOut } from '../train/held-out.ts';
import { type Learner, policyPartsOf } from '../train/learner.ts';
import { NonFiniteError } from '../train/non-finite.ts';
import { type Iteration, trainOn } from '../train/train.ts';
import { UpdateError } from '../train/update-error.ts';
import { loadPhysicsFor } from './engine.ts';
import { Failure } from './failure.ts';
import { names } from './folder.ts';
import { cutOff, fitting } from './limits.ts';
import { limitsOf, type RunPlan } from './plan.ts';
import {
  faultRecording,
  finalRollouts,
  moduleArgsOf,
  provenanceOf,
  recordedEpisodes,
  recordingOf,
} from './recording.ts';
import { checkDeadline, checkStop, confirmStop, Stopped, stopCode } from './stop.ts';
import type { RunWriter } from './writer.ts';

/** So long a process that was told to stop may take for them, ms. */
const recordingPatience = 500;

/**
 * Trains from the learner's progress until the plan is done or the process is told to stop, and writes the run as it goes. Yields
 * after every iteration, once its metrics are with the writer; the run can be left there. An iteration in which it is
 * stopped is dropped; `saveRun` saves what there is then.
 * @param workers threads that simulate, in all
 * @throws Failure where training cannot go on; the run is then saved as far as it came
 */
export async function* trainRun(
  learner: Learner,
  plan: RunPlan,
  writer: RunWriter,
  workers: number,
): AsyncGenerator<Iteration, void> {
  const { sources } = learner.training;
  const pool = createWorkerPool(policyPartsOf(learner.training), workers, { sources, check: checkStop });
  try {
    await loadPhysicsFor(plan.config.steps - learner.progress.envSteps);
    if (learner.progress.iteration === 0) {
      await record(learner, rollOutHeldOut(learner, pool.rollOut, { episodes: recordedEpisodes }), writer);
    }
    for (const iteration of trainOn(learner, limitsOf(plan), pool.rollOut)) {
      await record(learner, iteration.evaluated.slice(0, recordedEpisodes), writer);
      await writer.log(learner, iteration);
      yield iteration;
      checkStop();
    }
  } catch (error) {
    confirmStop();
    if (error instanceof Stopped) return;
    if (error instanceof NonFiniteError) throw await explained(error, learner, writer);
    if (error instanceof EpisodeError || error instanceof UpdateError) throw await interrupted(error, learner, writer);
    throw error instanceof LostWorkers ? new Failure(error.message) : error;
  } finally {
    pool.close();
  }
}

/** Saves the learner, to go on from, and rollouts of its policy, which a process that was told to stop may do without. */
export async function saveRun(learner: Learner, writer: RunWriter): Promise<void> {
  confirmStop();
  await writer.save(learner);
  const roll = rollOutWith(stopCode() === null ? checkStop : checkDeadline(recordingPatience));
  const episodes = unlessStopped(() => roll(learner, finalRollouts(learner)));
  if (!episodes) return;
  const kept = fitting(learner.env.spec, episodes);
  if (kept.length < episodes.length) writer.warn(cutOff(names.rollouts, kept.length, episodes.length));
  await writer.write(names.rollouts, await recordingOf(learner.env, kept, provenanceOf(learner)));
}

/** The learner's policy on the held-out goals; null where the process is told to stop. */
export function evaluateRun(learner: Learner): Evaluation | null {
  return unlessStopped(() => summarize(learner.env, rollOutHeldOut(learner, rollOutWith(checkStop))));
}

function unlessStopped<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof Stopped) return null;
    throw error;
  }
}

/** Keeps what the present policy does, to be seen as it learns. */
async function record(learner: Learner, episodes: readonly Trajectory[], writer: RunWriter): Promise<void> {
  if (!episodes.length) return;
  const kept = fitting(learner.env.spec, episodes);
  writer.record(learner, await recordingOf(learner.env, kept, provenanceOf(learner)));
}

/** What to say of what a task or an algorithm threw, once the run is saved as it was before. */
async function interrupted(cause: Error, learner: Learner, writer: RunWriter): Promise<Failure> {
  await writer.save(learner);
  const where = `in iteration ${learner.progress.iteration + 1}; what was learned before is in ${writer.folder}`;
  return new Failure(`${cause.message}, ${where}`, { cause });
}

/** What to say of a number that is not finite, once its episode is saved. */
async function explained({ message, origin }: NonFiniteError, learner: Learner, writer: RunWriter): Promise<Failure> {
  const { env, progress } = learner;
  // The iteration that failed was undone: the learner is good, and can be gone on from.
  await writer.save(learner);
  const what = `${message} (${env.spec.name}, iteration ${progress.iteration + 1}); it was not learned from`;
  const again = `\`${commandLine('resume', writer.folder)}\` comes to it again`;
  if (!origin) return new Failure(`${what}. ${again}; with --fork and another --learning-rate, perhaps not`);
  const file = writer.path(names.fault);
  await writer.write(names.fault, await faultRecording(learner, origin));
  const verify = commandLine('verify', file, ...moduleArgsOf(env.config));
  return new Failure(`${what}. The episode is in ${file}: \`${verify}\` simulates it again; ${again}`);
}
