import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { software } from '../../envs/recording/sealed.ts';
import { builtPage } from '../pages/assets.ts';
import { type Shared, sharePage } from '../pages/share-page.ts';
import { Failure } from '../run/failure.ts';
import { read, sweep as sweepFolder, writeWhole } from '../run/files.ts';
import { names as runFiles } from '../run/folder.ts';
import { type Lock, lockFolder } from '../run/lock.ts';
import { lockNewFolder } from '../run/new-folder.ts';
import { writeSealedJson } from '../run/sealed-json.ts';
import { Stopped } from '../run/stop.ts';
import { conduct, type FoundVariant, type SweepRun, stepsOf } from '../sweep/conduct.ts';
import { jobOf, runName } from '../sweep/job.ts';
import { performedIn } from '../sweep/kept.ts';
import type { RunResult } from '../sweep/result.ts';
import type { Variants } from '../sweep/variants.ts';
import { clock } from './display.ts';
import { printJson, printLines, warn } from './output.ts';
import { runsDisplay } from './runs-progress.ts';
import { exitCodeOf, stopSignals } from './supervisor.ts';
import { type Planned, savePlan, sweepFiles } from './sweep-files.ts';
import { connectTo, type Place, type PlaceFlags, placeFor } from './sweep-place.ts';

/** Flags of commands that make many runs, none of which changes the results. */
export interface RuntimeFlags extends PlaceFlags {
  readonly out?: string;
  readonly json?: boolean;
}

export function runtimeOf({ jobs, json, tensorboard, queue, keepDays }: RuntimeFlags): Omit<RuntimeFlags, 'out'> {
  return { jobs, json, tensorboard, queue, keepDays };
}

/** A plan that is to be carried out. */
export interface Sweep extends Planned, RuntimeFlags {
  readonly variants: Variants;
  /** Where its files go. */
  readonly out: string;
  /** Whether the folder is to be made, or one that was begun is gone on with. */
  readonly isNew: boolean;
}

/** How it is shown. */
export interface Sweeping extends Sweep {
  readonly title: string;
  /** How messages call a run. */
  readonly labelOf: (run: SweepRun) => string;
  /** What a report cannot do without. */
  readonly needsAll: boolean;
}

/**
 * Makes the runs of a plan, and what is said of them, in a folder that no other process has meanwhile.
 * @param report is given what the runs came to; not called where the process was told to stop, which is said
 * @throws Failure where a run fails that is needed, and where another process has the folder
 */
export async function carryOut(sweeping: Sweeping, report: (found: FoundVariant[]) => Promise<void>): Promise<void> {
  // An address that does not work leaves no folder behind.
  const connection = sweeping.queue === undefined ? null : await connectTo(sweeping.queue);
  try {
    const lock = await takeFolder(sweeping);
    try {
      const found = await makeRuns(sweeping, await placeFor(sweeping.out, sweeping, connection), lock);
      if (!found) return;
      if (!lock.held()) throw lostFolder(sweeping);
      await report(found);
    } finally {
      lock.release();
    }
  } finally {
    connection?.close();
  }
}

/** Begins the folder, or goes on with it, without what a process that was killed left unfinished. */
async function takeFolder({ out, isNew, ...planned }: Sweep): Promise<Lock> {
  const lock = await (isNew ? lockNewFolder(out) : lockFolder(out));
  try {
    if (isNew) await savePlan(out, planned);
    sweepFolder(join(out, sweepFiles.runs));
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** @returns what they came to; null where the process was told to stop */
async function makeRuns(
  sweeping: Sweeping,
  { executor, afterwards, leave }: Place,
  lock: Lock,
): Promise<FoundVariant[] | null> {
  const { plan, registry, variants, json, title, labelOf, needsAll } = sweeping;
  const { sources, meshes } = registry;
  const material = { sources, meshes };
  const display = runsDisplay(title, json ? process.stderr : process.stdout);
  let at: Reached = { stage: 0, runs: 0, finished: [] };
  let failure: Failure | null = null;
  const shown = (run: SweepRun) => ({ label: labelOf(run), steps: stepsOf(run) });
  const giveUp = (why: Failure) => {
    failure ??= why;
    void executor.close();
  };
  const release = onStop(() => void executor.close());
  let isDone = false;
  try {
    const found = await conduct(plan, variants, {
      executor,
      materialOf: () => material,
      listener: {
        stage(stage, runs) {
          at = { stage, runs, finished: [] };
          display.begin(runs, stageName(plan, stage));
        },
        started: (run) => display.started(shown(run)),
        progressed: (run, progress) => display.progressed(shown(run), progress),
        ended(run, outcome) {
          if (!lock.held()) return giveUp(lostFolder(sweeping));
          if ('result' in outcome) at.finished.push(run);
          else if (needsAll && !failure) return giveUp(new Failure(`${labelOf(run)} failed: ${outcome.failure}`));
          display.ended(shown(run), 'result' in outcome ? outcome.result : outcome);
        },
      },
    });
    // That of the last run stops nothing.
    if (failure) throw failure;
    isDone = true;
    return found;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    display.end();
    if (failure) throw failure;
    sayStopped(sweeping, at, afterwards);
    return null;
  } finally {
    release();
    await leave(isDone);
    display.end();
  }
}

function lostFolder({ out }: Sweep): Failure {
  return new Failure(`${out} is lost: another process took it over while this one stood still, and goes on there`);
}

/** Calls `stop` once for the first signal, and sets the exit code. Returns what undoes it. */
function onStop(stop: () => void): () => void {
  const handle = (signal: string) => {
    process.exitCode = exitCodeOf(signal);
    stop();
  };
  for (const name of stopSignals) process.on(name, handle);
  return () => {
    for (const name of stopSignals) process.off(name, handle);
  };
}

/** How far a sweep came. */
interface Reached {
  readonly stage: number;
  /** Of the stage. */
  readonly runs: number;
  /** Runs of the stage that came to its end. */
  readonly finished: SweepRun[];
}

/** Empty where there is but one. */
export function stageName({ stages }: { readonly stages: number }, stage: number): string {
  return stages > 1 ? `stage ${stage + 1} of ${stages}` : '';
}

function sayStopped(
  { plan, out, json, labelOf }: Sweeping,
  { stage, runs: all, finished }: Reached,
  afterwards: string,
): void {
  if (json) {
    const runs = finished.map(({ variant, seed }) => ({ ...variant.values, seed }));
    printJson({ type: 'stopped', finished: runs });
    return;
  }
  const most = 20;
  const named = finished.slice(0, most).map(labelOf).join(', ');
  const more = finished.length > most ? `, and ${finished.length - most} more` : '';
  const where = finished.length ? `, kept in ${join(out, sweepFiles.runs)}: ${named}${more}` : '';
  const when = plan.stages > 1 ? ` in ${stageName(plan, stage)}` : '';
  const text = `Stopped${when}: ${finished.length} of ${all} runs finished${where}. There is no report.`;
  printLines(['', `  ${text}`, `  ${afterwards}`, '']);
}

/** What a run came to, out of its folder. */
export async function resultIn({ plan, variants, out }: Sweep, found: FoundVariant, seed: number): Promise<RunResult> {
  const variant = variants.at(found.index);
  const folder = join(out, sweepFiles.runs, runName(variant, seed));
  const config = variants.configOf(variant);
  const performed = await performedIn(folder, jobOf(config, seed, plan.goals));
  if (performed) return performed.result;
  throw new Failure(`${folder} has lost its result: \`npx armature sweep --attach ${out}\` makes it again`);
}

/** When, where and how long: all that changes no result. @param rest what else there is to say */
export async function writeTiming({ out, jobs, plan }: Sweep, rest: object): Promise<void> {
  await writeSealedJson(
    join(out, sweepFiles.timing),
    { name: 'armature.times', version: 1, noun: 'the times of a sweep' },
    {
      command: plan.command,
      jobs,
      cores: availableParallelism(),
      processor: cpus()[0]?.model.trim() ?? 'unknown processor',
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      software,
      date: new Date().toISOString().slice(0, 10),
      total: clock(),
      ...rest,
    },
  );
}

/** Recordings that a replay page holds at most, bytes: a browser takes its time over a larger one. */
const mostReplayed = 100e6;

/**
 * The last rollouts of runs in one page, which the report opens at any of them. A report without is better than none, so that nothing
 * that is in the way of the page is in that of the report.
 * @param runs names of runs, those that matter most first; as many as a browser opens well
 * @returns the names of those that are in the page
 */
export async function writeReplay(runs: readonly string[], out: string): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  const watch = `armature view ${join(out, sweepFiles.runs)}`;
  try {
    const page = builtPage();
    const recordings: Shared[] = [];
    let bytes = 0;
    for (const run of runs) {
      const name = recordingName(run);
      const recording = { name, bytes: await read(join(out, sweepFiles.runs, name)) };
      bytes += recording.bytes.length;
      if (bytes > mostReplayed) break;
      recordings.push(recording);
      kept.add(run);
    }
    if (!recordings.length) throw new Failure('there are no rollouts to show');
    if (kept.size < runs.length) {
      warn(`the replay page holds the rollouts of ${kept.size} of ${runs.length} runs; to watch the others: ${watch}`);
    }
    writeWhole(join(out, sweepFiles.replay), sharePage(page, recordings));
    return kept;
  } catch (error) {
    warn(`no replay page beside the report: ${(error as Error).message}; to watch the runs: ${watch}`);
    return new Set();
  }
}

function recordingName(run: string): string {
  return `${run}/${runFiles.rollouts}`;
}

/** The address at which a run's rollouts are replayed. */
export function replayAddress(run: string): string {
  return `${sweepFiles.replay}#${new URLSearchParams({ file: recordingName(run) })}`;
}
