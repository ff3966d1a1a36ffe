import { styleText } from 'node:util';
import { fastestBackend } from '../probe/probe.ts';
import { count, percent } from '../report/format.ts';
import { metricsOf } from '../run/metrics.ts';
import type { RunPlan } from '../run/plan.ts';
import { saveRun, trainRun } from '../run/training.ts';
import type { RunWriter } from '../run/writer.ts';
import { trainingOf } from '../train/config.ts';
import { type Evaluation, summarize } from '../train/evaluate.ts';
import type { Learner } from '../train/learner.ts';
import type { Registry } from '../train/registry.ts';
import { type Iteration, rollOutHeldOut } from '../train/train.ts';
import { clock } from './display.ts';
import { printJson, printLines } from './output.ts';
import type { RuntimeOptions, TrainingFlags } from './training-options.ts';
import { type TrainingDisplay, trainingDisplay } from './training-progress.ts';

/** Trains until the plan is done or a signal comes, saves the run, and shows it all. */
export async function trainAndReport(
  learner: Learner,
  plan: RunPlan,
  writer: RunWriter,
  { json, workers }: RuntimeOptions,
): Promise<void> {
  const signals = catchSignals();
  const display = json ? jsonDisplay : trainingDisplay(learner, process.stdout);
  try {
    let last: Iteration | null = null;
    try {
      for await (const iteration of trainRun(learner, plan, writer, workers)) {
        last = iteration;
        display.show(iteration);
        // Signals arrive between two turns of the event loop.
        await new Promise((resolve) => setImmediate(resolve));
        if (signals.received() !== null) break;
      }
    } finally {
      display.end();
    }
    const wall = clock();
    const code = signals.received();
    await saveRun(learner, writer);
    const evaluation = last ? (last.evaluation ?? last.training) : summarize(learner.env, rollOutHeldOut(learner));
    if (json) printJson(result(learner, writer.folder, evaluation, wall));
    else report(learner, writer.folder, evaluation, { wall, isStopped: code !== null });
    if (code !== null) process.exitCode = code;
  } finally {
    writer.close();
    signals.release();
  }
}

/**
 * Requests to stop: the first is noted, the second ends the process at once. Two that come in the middle of an iteration are
 * only seen after it, together: they count as one, so that the iteration is saved.
 */
interface Signals {
  /** The exit code for the signal that came; null while none did. */
  received(): number | null;
  release(): void;
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

function catchSignals(): Signals {
  let code: number | null = null;
  let isNoted = false;
  const handle = (signal: keyof typeof exitCodes) => {
    if (code !== null && isNoted) process.exit(code);
    code = exitCodes[signal];
    setImmediate(() => {
      isNoted = true;
    });
  };
  for (const signal of Object.keys(exitCodes)) process.on(signal, handle);
  return {
    received: () => code,
    release() {
      for (const signal of Object.keys(exitCodes)) process.removeListener(signal, handle);
    },
  };
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

function result({ training: { config }, progress }: Learner, run: string, evaluation: Evaluation, wall: number) {
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
    success_rate: evaluation.successRate,
    mean_return: evaluation.meanReturn,
    mean_length: evaluation.meanLength,
    run,
  };
}

function report(
  { progress }: Learner,
  run: string,
  { successRate, meanReturn }: Evaluation,
  { wall, isStopped }: { readonly wall: number; readonly isStopped: boolean },
): void {
  const { solvedAt } = progress;
  const reached = successRate === null ? '' : `, ${percent(successRate)} of the goals reached`;
  const solved = solvedAt === null ? '' : `, solved after ${count(solvedAt)} steps`;
  const dim = (text: string) => (process.stdout.isTTY ? styleText('dim', text) : text);
  const stopped = isStopped ? `Stopped after iteration ${progress.iteration}, ` : 'Done in ';
  printLines([
    '',
    `  ${stopped}${wall.toFixed(1)} s${solved}${reached}, return ${meanReturn.toFixed(3)}.`,
    `  Saved in ${run}`,
    '',
    ...(isStopped ? [`  ${dim('go on')}     npx armature resume ${run}`] : []),
    `  ${dim('watch it')}  npx armature view ${run}`,
    `  ${dim('judge it')}  npx armature eval ${run} --episodes 500`,
    '',
  ]);
}
