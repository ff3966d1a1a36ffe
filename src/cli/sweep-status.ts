import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { openBoard } from '../queue/board.ts';
import type { JobProgress } from '../queue/records.ts';
import { SweepStore } from '../queue/store.ts';
import { forgetSweep, nameOfSweep } from '../queue/sweep-name.ts';
import { bar, count, plural, seconds } from '../report/format.ts';
import { Failure } from '../run/failure.ts';
import { lockFolder } from '../run/lock.ts';
import { jobsAt } from '../sweep/conduct.ts';
import { survivors } from '../sweep/halving.ts';
import { jobDigest } from '../sweep/job.ts';
import { performedIn } from '../sweep/kept.ts';
import { type Variants, variantsOf } from '../sweep/variants.ts';
import { withExamples } from './command.ts';
import { createDisplay } from './display.ts';
import { printJson, printLines } from './output.ts';
import { type Planned, sweepFiles } from './sweep-files.ts';
import { connectTo, secondsInDay, usualKeepDays } from './sweep-place.ts';
import { loadSweep } from './sweep-plan.ts';

interface StatusFlags {
  readonly queue?: string | true;
  readonly live?: boolean;
  readonly json?: boolean;
}

// The options that `sweep` has as well are parsed there, wherever they stand.
const queueFlag = ['--queue [url]', 'the queue that the sweep is on; that of the environment if not given'] as const;

export function statusCommand(): Command {
  const command = new Command('status')
    .description('say how far a sweep is that is on a queue, over all machines')
    .argument('<folder>', 'the folder of the sweep')
    .option(...queueFlag)
    .option('--live', 'show it until the sweep is done')
    .option('--json', 'print it as one line of JSON');
  return withExamples(command, 'armature sweep status sweep/reacher --queue redis://192.168.0.5 --live').action(
    (folder: string, _: unknown, own: Command) => status(folder, own.optsWithGlobals()),
  );
}

export function cancelCommand(): Command {
  const command = new Command('cancel')
    .description('take a sweep from its queue; what is done of it stays in its folder')
    .argument('<folder>', 'the folder of the sweep')
    .option(...queueFlag);
  return withExamples(command, 'armature sweep cancel sweep/reacher --queue redis://192.168.0.5').action(
    (folder: string, _: unknown, own: Command) => cancel(folder, own.optsWithGlobals()),
  );
}

/** How far a sweep is, over all machines. */
interface Status {
  readonly all: number;
  readonly done: number;
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
  /** Training steps in a second. */
  readonly rate: number;
  /** Null where nothing runs that says. */
  readonly secondsLeft: number | null;
  readonly workers: number | null;
}

/** Between two looks, ms. */
const lookEvery = 2000;

async function status(folder: string, { queue = true, live, json }: StatusFlags): Promise<void> {
  if (live && json) throw new UsageError('expected one of --live and --json, found both');
  const name = await named(folder);
  const planned = await loadSweep(folder);
  const variants = variantsOf(planned.plan, planned.registry);
  const connection = await connectTo(queue);
  const store = new SweepStore(connection.redis, name, usualKeepDays * secondsInDay);
  const board = openBoard(connection, planned.registry.sources.length > 0);
  const look = async () => statusOf(await stageOf(folder, planned, variants), store, await board.workers());
  try {
    let found = await look();
    if (json) return printJson({ type: 'status', ...found });
    if (!live) return printLines(['', ...rowsOf(found), '']);
    const display = createDisplay(process.stdout, {
      title: folder,
      rows: () => rowsOf(found),
      redrawEvery: 0,
      lineEvery: 0,
    });
    for (;;) {
      display.update(rowsOf(found).join(' ').trim());
      if (found.done + found.failed >= found.all) break;
      await sleep(lookEvery);
      found = await look();
    }
    display.end();
  } finally {
    await board.close();
    connection.close();
  }
}

async function named(folder: string): Promise<string> {
  const name = await nameOfSweep(folder);
  if (name === null) throw new Failure(`the sweep in ${folder} is on no queue`);
  return name;
}

/** The jobs that a sweep is at. */
interface Stage {
  readonly jobs: number;
  readonly done: number;
  /** Training steps of a job. */
  readonly steps: number;
}

/** The stage that is not done yet, or the last one. */
async function stageOf(folder: string, { plan }: Planned, variants: Variants): Promise<Stage> {
  let alive = variants.count;
  for (let stage = 0; ; stage++, alive = survivors(alive)) {
    const jobs = alive * plan.seeds.length;
    let [done, steps] = [0, 1];
    for (const { name, job } of jobsAt(plan, variants, stage)) {
      if (await performedIn(join(folder, sweepFiles.runs, name), job)) done++;
      steps = job.pauseAt ?? job.plan.config.steps;
    }
    if (done < jobs || stage === plan.stages - 1) return { jobs, done, steps };
  }
}

async function statusOf(stage: Stage, store: SweepStore, workers: number | null): Promise<Status> {
  const [progress, delivered, failed] = [await store.progress(), await store.delivered(), await store.failures()];
  const now = Math.max(0, ...[...progress.values()].map(({ at }) => at));
  const running = [...progress.values()].filter(({ at }) => now - at < silence);
  const done = Math.min(stage.jobs, stage.done + delivered);
  const rate = running.reduce((sum, one) => sum + one.rate, 0);
  const waiting = Math.max(0, stage.jobs - done - failed - running.length);
  return {
    all: stage.jobs,
    done,
    running: running.length,
    waiting,
    failed,
    rate: Math.round(rate),
    secondsLeft: rate > 0 ? Math.round(stepsLeft(stage, running, waiting) / rate) : null,
    workers,
  };
}

/** A run that nobody has told of for so long does not go on, ms. */
const silence = 60_000;

function stepsLeft({ steps }: Stage, running: readonly JobProgress[], waiting: number): number {
  return waiting * steps + running.reduce((sum, one) => sum + Math.max(0, steps - one.steps), 0);
}

function rowsOf({ all, done, running, waiting, failed, rate, secondsLeft, workers }: Status): string[] {
  const machines = workers === null ? '' : `, ${plural(workers, 'worker')}`;
  const left = secondsLeft === null ? '' : `, about ${seconds(secondsLeft)} left`;
  const dim = (text: string) => (process.stdout.isTTY ? styleText('dim', text) : text);
  return [
    `  ${bar(all ? done / all : 0, 24)}  ${count(done)} of ${count(all)} done`,
    `  ${count(running)} running, ${count(waiting)} waiting, ${count(failed)} failed`,
    dim(`  ${count(rate)} steps per second${machines}${left}`),
  ];
}

/** Jobs that are taken from the queue at once. */
const atOnce = 1000;

async function cancel(folder: string, { queue = true }: StatusFlags): Promise<void> {
  const name = await named(folder);
  const lock = await lockFolder(folder);
  try {
    await takeFromQueue(folder, name, queue);
  } finally {
    lock.release();
  }
  printLines([
    '',
    `  Cancelled: what was done stays in ${folder}; npx armature sweep --attach ${folder} goes on here.`,
    '',
  ]);
}

async function takeFromQueue(folder: string, name: string, queue: string | true): Promise<void> {
  const { plan, registry } = await loadSweep(folder);
  const variants = variantsOf(plan, registry);
  const connection = await connectTo(queue);
  const board = openBoard(connection, registry.sources.length > 0);
  try {
    await new SweepStore(connection.redis, name, usualKeepDays * secondsInDay).cancel();
    let batch: string[] = [];
    for (let stage = 0; stage < plan.stages; stage++) {
      for (const { job } of jobsAt(plan, variants, stage)) {
        if (batch.push(jobDigest(job)) < atOnce) continue;
        await board.remove(name, batch);
        batch = [];
      }
    }
    await board.remove(name, batch);
    forgetSweep(folder);
  } finally {
    await board.close();
    connection.close();
  }
}
