import { backends, defaultBackend } from '../policy/network/index.ts';
import { createGradientThreads } from '../policy/network/threads/gradient-threads.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { fastestBackend } from '../probe/probe.ts';
import { commandLine, count, percent } from '../report/format.ts';
import { metricsOf } from '../run/metrics.ts';
import type { RunPlan } from '../run/plan.ts';
import { usualRecordingsBudget } from '../run/recordings.ts';
import { stopCode } from '../run/stop.ts';
import { evaluateRun, saveRun, trainRun } from '../run/training.ts';
import type { RunWriter } from '../run/writer.ts';
import { trainingOf } from '../train/config.ts';
import type { Evaluation } from '../train/evaluate.ts';
import type { Learner } from '../train/learner.ts';
import type { Registry } from '../train/registry.ts';
import type { Iteration } from '../train/train.ts';
import { clock } from './display.ts';
import { printJson, printLines, styled, warn } from './output.ts';
import type { RuntimeOptions, TrainingFlags } from './training-options.ts';
import { type TrainingDisplay, trainingDisplay } from './training-progress.ts';
import { watchRun } from './watching.ts';

/** Trains until the plan is done or the process is told to stop, saves the run, and shows it all. */
export async function trainAndReport(
  learner: Learner,
  plan: RunPlan,
  writer: RunWriter,
  { json, workers, recordingsBudget = usualRecordingsBudget, tensorboard = false, watch = false }: RuntimeOptions,
): Promise<void> {
  writer.limitRecordings(recordingsBudget);
  writer.followForTensorBoard(tensorboard);
  const watching = watch ? await watchRun(writer.folder, !json) : null;
  if (watching && json) printJson({ type: 'view', address: watching.address });
  else if (watching) printLines([`watch it at ${watching.address}`]);
  const display = json ? jsonDisplay : trainingDisplay(learner, process.stdout);
  try {
    let last: Iteration | null = null;
    let idle = 0;
    try {
      for await (const iteration of trainRun(learner, plan, writer, workers)) {
        last = iteration;
        display.show(iteration);
        idle = isIdle(iteration) ? idle + 1 : 0;
        if (idle === longIdle) warn(nothingLearned);
        // What is shown leaves between two turns of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      display.end();
    }
    const wall = clock();
    await saveRun(learner, writer);
    const evaluation = last ? (last.evaluation ?? last.training) : evaluateRun(learner);
    const code = stopCode();
    if (json) printJson(result(learner, writer.folder, evaluation, wall));
    else report(learner, writer.folder, evaluation, { wall, isStopped: code !== null });
    if (code !== null) process.exitCode = code;
    // The run is free, and its page stays as that of `armature view` does.
    writer.close();
    if (watching && !json) printLines([`  ${styled('dim', 'Ctrl-C stops the viewer.')}`, '']);
    await watching?.untilStopped();
  } finally {
    watching?.close();
    writer.close();
  }
}

/** So many iterations in a row without a step are no accident. */
const longIdle = 20;
const nothingLearned = `nothing has been learned for ${longIdle} iterations, in which every gradient was 0: where all actions of a batch are credited with the same, a larger --batch or another --baseline tells them apart`;

function isIdle({ figures: { gradientNorm, divergence } }: Iteration): boolean {
  return gradientNorm === 0 || (gradientNorm === undefined && divergence === 0);
}

/**
 * A backend by its name; the default one on as many threads as simulate, which have nothing else to do while gradients are computed.
 * @param before the version that a run has recorded, to go on as it was
 */
export async function loadBackend(name: string, workers: number, before?: string): Promise<NetBackend> {
  const backend = await backends[name].load(before);
  return backend === defaultBackend ? createGradientThreads(workers).backend : backend;
}

/** The plan with the backend that is fastest for it here, where `auto` was asked for; says what was measured. */
export async function withFastestBackend(
  plan: RunPlan,
  { backend: asked, json }: TrainingFlags,
  registry: Registry,
): Promise<RunPlan> {
  if (asked !== 'auto') return plan;
  const { backend, workload, usable, unusable } = await fastestBackend(trainingOf(plan.config, { registry }));
  if (json) {
    const ms = Object.fromEntries(usable.map((each) => [each.name, each.ms]));
    const reasons = Object.fromEntries(unusable.map(({ name, reason }) => [name, reason]));
    printJson({ type: 'backend', backend, ...workload, ms, unusable: reasons });
  } else {
    const times = usable.map(({ name, ms }) => `${name} ${(ms as number).toPrecision(3)} ms`).join(', ') || 'no time';
    const others = unusable.length ? `; not usable: ${unusable.map(({ name }) => name).join(', ')}` : '';
    const what = `a gradient of ${count(workload.rows)} rows through ${workload.widths.join('-')}`;
    printLines([`backend ${backend}: ${what} takes ${times}${others}`]);
  }
  return { ...plan, config: { ...plan.config, backend } };
}

const jsonDisplay: TrainingDisplay = {
  show: (iteration) => printJson({ type: 'progress', ...metricsOf(iteration), wall_s: clock() }),
  end: () => {},
};

function result({ training: { config }, progress }: Learner, run: string, evaluation: Evaluation | null, wall: number) {
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
    eval_episodes: evaluation?.episodes ?? null,
    success_rate: evaluation?.successRate ?? null,
    mean_return: evaluation?.meanReturn ?? null,
    mean_length: evaluation?.meanLength ?? null,
    run,
  };
}

function report(
  { progress }: Learner,
  run: string,
  evaluation: Evaluation | null,
  { wall, isStopped }: { readonly wall: number; readonly isStopped: boolean },
): void {
  const { solvedAt } = progress;
  const rate = evaluation?.successRate ?? null;
  const reached = rate === null ? '' : `, ${percent(rate)} of ${count(evaluation?.episodes ?? 0)} goals reached`;
  const mean = evaluation ? `, return ${evaluation.meanReturn.toFixed(3)}` : '';
  const solved = solvedAt === null ? '' : `, solved after ${count(solvedAt)} steps`;
  const dim = (text: string) => styled('dim', text);
  const stopped = isStopped ? `Stopped after iteration ${progress.iteration}, ` : 'Done in ';
  printLines([
    '',
    `  ${stopped}${wall.toFixed(1)} s${solved}${reached}${mean}.`,
    `  Saved in ${run}`,
    '',
    ...(isStopped ? [`  ${dim('go on')}     ${commandLine('resume', run)}`] : []),
    `  ${dim('watch it')}  ${commandLine('view', run)}`,
    `  ${dim('judge it')}  ${commandLine('eval', run, '--episodes', '500')}`,
    '',
  ]);
}
