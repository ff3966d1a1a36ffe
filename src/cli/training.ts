import { styleText } from 'node:util';
import type { Trajectory } from '../../envs/types.ts';
import { count, percent } from '../report/format.ts';
import { rollOut } from '../rollout/episodes.ts';
import type { Hands } from '../rollout/workers/hands.ts';
import { createWorkerPool, LostWorkers, type WorkerPool } from '../rollout/workers/pool.ts';
import { Failure } from '../run/failure.ts';
import { provenanceOf, type RunPlan, recordingOf, saveRecording } from '../run/folder.ts';
import { metricsOf } from '../run/metrics.ts';
import { names } from '../run/names.ts';
import type { RunWriter } from '../run/writer.ts';
import { type Evaluation, summarize } from '../train/evaluate.ts';
import type { Learner } from '../train/learner.ts';
import { NonFiniteError } from '../train/non-finite.ts';
import { type Iteration, rollOutHeldOut, trainOn } from '../train/train.ts';
import { printJson } from './command.ts';
import { loadPhysicsFor } from './physics.ts';
import { clock, createDisplay, type Display } from './progress.ts';
import { catchSignals, type Signals } from './signals.ts';

/** Episodes of the final policy that a run saves. */
const savedEpisodes = 32;

/** Episodes of an evaluation that a run saves, on the same goals each time: what was learned shows from one to the next. */
const watchedEpisodes = 16;

/** Trains from where the learner stands until the plan is done or a signal comes, and saves. */
export async function conduct(
  learner: Learner,
  plan: RunPlan,
  writer: RunWriter,
  { json, workers, hands }: RuntimeOptions,
): Promise<void> {
  const crew = createWorkerPool(plan.config, workers, { hands });
  const signals = catchSignals();
  const display = json ? jsonDisplay : createDisplay(plan.config, process.stdout);
  try {
    await loadPhysicsFor(plan.config.steps - learner.progress.envSteps);
    const last = await drive(learner, plan, { crew, writer, display, signals });
    const wall = clock();
    const code = signals.received();
    await save(learner, writer);
    const judged = last ? (last.evaluation ?? last.training) : summarize(learner.env, rollOutHeldOut(learner));
    if (json) printJson(result(learner, writer.folder, judged, wall));
    else report(learner, writer.folder, judged, { wall, isStopped: code !== null });
    if (code !== null) process.exitCode = code;
  } finally {
    crew.close();
    writer.close();
    signals.release();
  }
}

/** What of a run leaves no trace in it. */
export interface RuntimeOptions {
  readonly json: boolean;
  /** Threads in all. */
  readonly workers: number;
  /** The same threads, as those that compute gradients. */
  readonly hands: Hands;
}

interface Means {
  readonly crew: WorkerPool;
  readonly writer: RunWriter;
  readonly display: Display;
  readonly signals: Signals;
}

/** @returns the last iteration; null where there was none left to do */
async function drive(learner: Learner, { limits }: RunPlan, { crew, writer, display, signals }: Means) {
  let last: Iteration | null = null;
  try {
    const given = { ...limits, iterations: limits.iterations ?? undefined };
    if (learner.progress.iteration === 0) {
      await watch(learner, writer, rollOutHeldOut(learner, crew.rollOut, watchedEpisodes));
    }
    for (const progress of trainOn(learner, given, crew.rollOut)) {
      last = progress;
      await watch(learner, writer, progress.evaluated.slice(0, watchedEpisodes));
      await writer.log(learner, progress);
      display.show(progress);
      // Signals arrive between two turns of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      if (signals.received() !== null) break;
    }
    return last;
  } catch (error) {
    if (error instanceof NonFiniteError) throw await explained(error, learner, writer);
    throw error instanceof LostWorkers ? new Failure(error.message) : error;
  } finally {
    display.end();
  }
}

/** Keeps what the present policy does, to be watched as it learns. */
async function watch(learner: Learner, writer: RunWriter, episodes: readonly Trajectory[]): Promise<void> {
  if (!episodes.length) return;
  writer.record(learner, await recordingOf(learner.env, episodes, provenanceOf(learner)));
}

/** What to say of a bad number, once its episode is saved to be looked at. */
async function explained({ message, origin }: NonFiniteError, learner: Learner, writer: RunWriter): Promise<Failure> {
  const { env, progress } = learner;
  const iteration = writer.iterations + 1;
  // An update that failed was undone: the learner is good, and the place to go on from.
  if (progress.iteration === writer.iterations) await writer.save(learner);
  const what = `${message} (${env.spec.name}, iteration ${iteration}); it was not learned from`;
  const again = `\`armature resume ${writer.folder}\` comes to it again`;
  if (!origin) return new Failure(`${what}. ${again}; with --fork and another --learning-rate, perhaps not`);
  const file = writer.path(names.fault);
  await saveRecording(file, env, [origin.episode], provenanceOf(learner));
  return new Failure(`${what}. The episode is in ${file}: \`armature verify ${file}\` simulates it again; ${again}`);
}

async function save(learner: Learner, writer: RunWriter): Promise<void> {
  const { config, env } = learner;
  await writer.save(learner);
  const trajectories = rollOut(learner, {
    seed: config.seed,
    purpose: 'recording',
    index: 0,
    until: { episodes: savedEpisodes },
    deterministic: true,
  });
  await saveRecording(writer.path(names.rollouts), env, trajectories, provenanceOf(learner));
}

const jsonDisplay: Display = {
  show: (progress) => printJson({ type: 'progress', ...metricsOf(progress), wall_s: clock() }),
  end: () => {},
};

function result({ config, progress }: Learner, run: string, judged: Evaluation, wall: number) {
  return {
    type: 'result',
    env: config.env.env,
    algorithm: config.algorithm,
    seed: config.seed,
    solved: progress.solvedAt !== null,
    solved_at: progress.solvedAt,
    env_steps: progress.envSteps,
    eval_steps: progress.evalSteps,
    iterations: progress.iteration,
    wall_s: wall,
    success_rate: judged.successRate,
    mean_return: judged.meanReturn,
    mean_length: judged.meanLength,
    run,
  };
}

function report(
  { progress }: Learner,
  run: string,
  judged: Evaluation,
  { wall, isStopped }: { wall: number; isStopped: boolean },
): void {
  const { solvedAt } = progress;
  const reached = judged.successRate === null ? '' : `, ${percent(judged.successRate)} of the goals reached`;
  const solved = solvedAt === null ? '' : `, solved after ${count(solvedAt)} steps`;
  const dim = (text: string) => (process.stdout.isTTY ? styleText('dim', text) : text);
  const stopped = isStopped ? `Stopped after iteration ${progress.iteration}, ` : 'Done in ';
  process.stdout.write(
    [
      '',
      `  ${stopped}${wall.toFixed(1)} s${solved}${reached}, return ${judged.meanReturn.toFixed(3)}.`,
      `  Saved in ${run}`,
      '',
      ...(isStopped ? [`  ${dim('go on')}     npx armature resume ${run}`] : []),
      `  ${dim('watch it')}  npx armature view ${run}`,
      `  ${dim('judge it')}  npx armature eval ${run} --episodes 500`,
      '',
      '',
    ].join('\n'),
  );
}
