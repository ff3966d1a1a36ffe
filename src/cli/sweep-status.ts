import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { UsageError } from '../../envs/options.ts';
import { type Board, openBoard } from '../queue/board.ts';
import { type SweepStatus, statusIn } from '../queue/status.ts';
import { SweepStore } from '../queue/store.ts';
import { forgetSweep, nameOfSweep } from '../queue/sweep-name.ts';
import { bar, count, plural, seconds } from '../report/format.ts';
import { Failure } from '../run/failure.ts';
import { exists } from '../run/files.ts';
import { lockFolder } from '../run/lock.ts';
import { jobsAt } from '../sweep/conduct.ts';
import { jobDigest } from '../sweep/job.ts';
import { variantsOf } from '../sweep/variants.ts';
import { withExamples } from './command.ts';
import { createDisplay } from './display.ts';
import { printJson, printLines } from './output.ts';
import { sweepFiles } from './sweep-files.ts';
import { connectTo, secondsInDay, usualKeepDays } from './sweep-place.ts';
import { loadSweep, planIn } from './sweep-plan.ts';
import { stageName } from './sweeping.ts';

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

/** Between two looks, ms. */
const lookEvery = 2000;

async function status(folder: string, { queue = true, live, json }: StatusFlags): Promise<void> {
  if (live && json) throw new UsageError('expected one of --live and --json, found both');
  const found = await lookOnce(folder, queue, live);
  if (json)
    printJson({ type: 'status', ...(typeof found === 'string' ? { state: found } : { state: 'going on', ...found }) });
  else if (typeof found === 'string') printLines(['', `  ${textOf(folder, found)}`, '']);
  else printLines(['', ...rowsOf(folder, found), '']);
}

/** How far the sweep is; shown until it does not go on where that is asked for. */
async function lookOnce(folder: string, queue: string | true, isLive = false): Promise<Status | Ended> {
  const { modules } = await planIn(folder);
  const name = await nameOfSweep(folder);
  if (name === null) {
    if (!exists(join(folder, sweepFiles.report))) throw new Failure(`the sweep in ${folder} is on no queue`);
    return 'done';
  }
  const connection = await connectTo(queue);
  const board = openBoard(connection, modules.length > 0);
  const store = new SweepStore(connection.redis, name, usualKeepDays * secondsInDay);
  const look = () => lookAt(folder, name, store, board);
  try {
    const found = await look();
    return isLive && typeof found !== 'string' ? await follow(folder, found, look) : found;
  } finally {
    await board.close();
    connection.close();
  }
}

/** What has become of a sweep that does not go on. */
type Ended = 'done' | 'cancelled' | 'unattended';

interface Status extends SweepStatus {
  readonly workers: number | null;
}

/** @throws Failure where the folder's sweep should be on the queue, and is not */
async function lookAt(folder: string, name: string, store: SweepStore, board: Board): Promise<Status | Ended> {
  const found = await statusIn(store);
  if (found) return { ...found, workers: await board.workers() };
  if (await store.isCancelled()) return 'cancelled';
  if ((await nameOfSweep(folder)) !== name) return 'done';
  throw new Failure(`nothing is on the queue of the sweep in ${folder}: ${attaching(folder)} puts it there`);
}

/** Shows how far it is until it does not go on. */
async function follow(folder: string, first: Status, look: () => Promise<Status | Ended>): Promise<Ended> {
  let found = first;
  const display = createDisplay(process.stdout, {
    title: folder,
    rows: () => rowsOf(folder, found),
    redrawEvery: 0,
    lineEvery: 0,
  });
  try {
    for (;;) {
      display.update(rowsOf(folder, found).join(' ').trim());
      // Without its planner nothing comes after what is done.
      if (!found.isAttended && found.done + found.failed === found.all) return 'unattended';
      await sleep(lookEvery);
      const next = await look();
      if (typeof next === 'string') return next;
      found = next;
    }
  } finally {
    display.end();
  }
}

function textOf(folder: string, ended: Ended): string {
  const report = join(folder, sweepFiles.report);
  const texts: Record<Ended, string> = {
    done: exists(report) ? `Done: ${report}` : 'Every run is made; the report follows.',
    cancelled: `Cancelled: npx armature sweep --attach ${folder} goes on with what is done.`,
    unattended: `All that is on the queue is done: ${attaching(folder)} takes it in.`,
  };
  return texts[ended];
}

function attaching(folder: string): string {
  return `npx armature sweep --attach ${folder} --queue`;
}

function rowsOf(folder: string, status: Status): string[] {
  const { all, done, running, waiting, failed, rate, secondsLeft, workers, isAttended } = status;
  const machines = workers === null ? '' : `, ${plural(workers, 'worker')}`;
  const stage = stageName(status, status.stage);
  const left = secondsLeft === null ? '' : `, about ${seconds(secondsLeft)} left${stage && ' of it'}`;
  const dim = (text: string) => (process.stdout.isTTY ? styleText('dim', text) : text);
  return [
    `  ${bar(all ? done / all : 0, 24)}  ${count(done)} of ${count(all)} done${stage && `, ${stage}`}`,
    `  ${count(running)} running, ${count(waiting)} waiting, ${count(failed)} failed`,
    dim(`  ${count(rate)} steps per second${machines}${left}`),
    ...(isAttended ? [] : [dim(`  ${attaching(folder)} takes in what is done: nobody does at present`)]),
  ];
}

/** Jobs that are taken from the queue at once. */
const atOnce = 1000;

async function cancel(folder: string, { queue = true }: StatusFlags): Promise<void> {
  const name = await nameOfSweep(folder);
  if (name === null) throw new Failure(`the sweep in ${folder} is on no queue`);
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
