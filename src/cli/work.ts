import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { addressFrom, addressVariable } from '../queue/address.ts';
import { openBoard } from '../queue/board.ts';
import { type Connection, connectQueue } from '../queue/connection.ts';
import { queueName } from '../queue/names.ts';
import { selfCheck } from '../queue/self-check.ts';
import { count, plural } from '../report/format.ts';
import { codeOf, Failure, systemFailure } from '../run/failure.ts';
import { makeFolder, namesIn, quietly, removeAll } from '../run/files.ts';
import { createChildren } from '../sweep/children.ts';
import { integer, withExamples } from './command.ts';
import { printLines, warn } from './output.ts';
import { onSignals } from './supervisor.ts';
import { secondsInDay, usualKeepDays } from './sweep-place.ts';
import { workDisplay } from './work-progress.ts';

interface WorkFlags {
  readonly jobs: number;
  readonly folder: string;
  readonly allowCode?: boolean;
  readonly maxSteps: number;
  readonly maxMemory?: number;
  readonly maxMinutes: number;
  readonly keepDays: number;
  readonly untilEmpty?: boolean;
}

/** How much of the memory runs may take in all. */
const ofMemory = 0.8;
const usualSteps = 100_000_000;
const usualMinutes = 24 * 60;

export function workCommand(): Command {
  const cores = availableParallelism();
  const command = new Command('work')
    .description('make runs of sweeps that are on a queue, on this machine')
    .argument(
      '[queue]',
      `redis://[user:password@]host[:port][/db], or rediss:// for TLS; ${addressVariable} if not given`,
    )
    .option('--jobs <integer>', 'runs at a time', integer(1, 1000), cores)
    .option('--folder <folder>', 'where runs are made, and removed from once they are on the queue', tmpdir())
    .option('--allow-code', "run tasks, arms and algorithms of the user's own that come with a sweep: any program")
    .option('--max-steps <integer>', 'training steps of a run, at most', integer(1), usualSteps)
    .option(
      '--max-memory <megabytes>',
      `memory of a run, at most; ${100 * ofMemory} % of what there is, shared by --jobs, if not given`,
      integer(100),
    )
    .option('--max-minutes <integer>', 'time of an attempt at a run, at most', integer(1), usualMinutes)
    .option(
      '--keep-days <integer>',
      'how long results stay on the queue for their sweep',
      integer(1, 365),
      usualKeepDays,
    )
    .option('--until-empty', 'end once nothing is left to do');
  return withExamples(
    command,
    'armature work redis://192.168.0.5',
    `${addressVariable}=rediss://lab:secret@queue.example.org armature work --jobs 8`,
    'armature work redis://192.168.0.5 --until-empty',
  ).action(work);
}

async function work(url: string | undefined, flags: WorkFlags): Promise<void> {
  const address = addressFrom(url, process.env[addressVariable]);
  // What runs here has no need of a password.
  delete process.env[addressVariable];
  const connection = await connectQueue(address, warn);
  const folder = scratch(flags.folder);
  try {
    await checkMachine();
    await workUntilStopped(connection, folder, flags);
  } finally {
    removeAll(folder);
    connection.close();
  }
}

/** A machine whose runs have other bits than those of others would spoil a sweep. */
async function checkMachine(): Promise<void> {
  const others = await selfCheck();
  if (!others.length) return;
  const what = `${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} other bits here than elsewhere`;
  throw new Failure(`this machine takes no jobs: ${what}`);
}

async function workUntilStopped(connection: Connection, folder: string, flags: WorkFlags): Promise<void> {
  const { jobs, allowCode = false, maxSteps, maxMinutes, keepDays, untilEmpty } = flags;
  const megabytes = flags.maxMemory ?? Math.floor((ofMemory * totalmem()) / jobs / 1e6);
  const display = workDisplay(`${queueName} at ${connection.name}, ${plural(jobs, 'run')} at a time`, process.stdout);
  const { QueueWorker } = await import('../queue/worker.ts');
  const worker = new QueueWorker(connection, {
    jobs,
    folder,
    children: createChildren(jobs, { megabytes, minutes: maxMinutes }),
    allowance: { code: allowCode, steps: maxSteps },
    keepFor: keepDays * secondsInDay,
    listener: display.listener,
  });
  const stop = new AbortController();
  onSignals((code) => {
    process.exitCode = code;
    stop.abort();
  });
  try {
    if (untilEmpty) await nothingIsLeft(connection, allowCode, stop.signal);
    else await once(stop.signal, 'abort');
  } finally {
    await worker.stop();
    display.end();
  }
  const { done, back } = display.counts();
  printLines(['', `  ${plural(done, 'run')} made${back ? `, ${count(back)} back on the queue` : ''}.`, '']);
}

/** Between two looks at whether anything is left to do, ms. */
const lookEvery = 1000;

/** Waits until no job is on the queue, or the signal comes. */
async function nothingIsLeft(connection: Connection, hasCode: boolean, signal: AbortSignal): Promise<void> {
  const boards = [false, ...(hasCode ? [true] : [])].map((code) => openBoard(connection, code));
  const isLeft = async () => (await Promise.all(boards.map((board) => board.isEmpty()))).includes(false);
  do {
    await sleep(lookEvery, undefined, { signal }).catch(() => {});
  } while (!signal.aborted && (await isLeft()));
  await Promise.all(boards.map((board) => board.close()));
}

/**
 * A folder of this process's own, of a name that nobody else can have taken and that only its user may look into, which is removed at the
 * end. Those of processes that were killed are removed before: what they were at
 * is on the queue.
 */
function scratch(parent: string): string {
  makeFolder(parent);
  for (const name of namesIn(parent)) {
    const [, host, pid] = /^armature-work-(.+)-(\d+)-\w{6}$/.exec(name) ?? [];
    if (host === hostname() && !isAlive(Number(pid))) quietly(() => removeAll(join(parent, name)));
  }
  const start = join(parent, `armature-work-${hostname()}-${process.pid}-`);
  try {
    return mkdtempSync(start);
  } catch (error) {
    throw systemFailure(`make a folder in ${parent}`, error);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
