import { Worker } from 'node:worker_threads';
import type { EnvConfig } from '../../envs/env.ts';
import { type TaskCheckName, taskCheckNames } from '../check/check-task.ts';
import { taskFunctions } from '../check/guard-task.ts';
import type { ModuleSource } from '../train/registry.ts';

/** How a check of a task went, for people and programs. */
export interface Finding {
  readonly check: TaskCheckName;
  /** What is wrong; null where nothing is known to be. */
  readonly message: string | null;
  /** Where in the user's module, as "push.ts:14". */
  readonly place: string | null;
  /** False where another problem stands in the way. */
  readonly isJudged: boolean;
}

/** What a module has that can run for ever. */
export const functionsOfModule = ['create', ...taskFunctions] as const;

export interface CheckJob {
  readonly config: EnvConfig;
  readonly sources: readonly ModuleSource[];
  /** Int32: how many functions were entered or left, and the number of the one that runs, -1 for none. */
  readonly shared: SharedArrayBuffer;
}

/** How often a sign of life is looked for, ms. */
const lookEvery = 100;

/**
 * Checks a task in a thread of its own, which can be ended where a function of the task does not come to its end.
 * @param patience seconds without a sign of life after which that is so
 */
export function checkInThread(
  config: EnvConfig,
  sources: readonly ModuleSource[],
  patience: number,
): Promise<readonly Finding[]> {
  const shared = new SharedArrayBuffer(8);
  const sign = new Int32Array(shared).fill(-1);
  const workerData: CheckJob = { config, sources, shared };
  const worker = new Worker(new URL('./check-worker.js', import.meta.url), { workerData, stdout: true });
  // What the task prints is none of what the command says.
  worker.stdout.pipe(process.stderr, { end: false });
  const running = () => functionsOfModule[Atomics.load(sign, 1)] ?? 'the task';
  return new Promise((resolve, reject) => {
    let [beats, since] = [-1, performance.now()];
    const end = (findings: readonly Finding[]) => {
      clearInterval(timer);
      resolve(findings);
      void worker.terminate();
    };
    const timer = setInterval(() => {
      const now = Atomics.load(sign, 0);
      // Until the thread is up, nothing of the task has been called.
      if (now !== beats || now < 0) [beats, since] = [now, performance.now()];
      else if (performance.now() - since > 1000 * patience) {
        end(only('returns', `${running()} has not returned after ${patience} s: does a loop in it end?`));
      }
    }, lookEvery);
    worker.once('message', end);
    worker.once('exit', () => end(only('exceptions', `${running()} ends the process`)));
    worker.once('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
  });
}

/** What stands in the way of every other check. */
export function only(own: TaskCheckName, message: string, place: string | null = null): Finding[] {
  return (Object.keys(taskCheckNames) as TaskCheckName[]).map((check) => {
    const isOwn = check === own;
    return { check, message: isOwn ? message : null, place: isOwn ? place : null, isJudged: isOwn };
  });
}
