import { createEnv } from '../../envs/sim/env.ts';
import type { Task } from '../../envs/task.ts';
import { checkNames, type Outcome, type Problem, runChecks } from './check-env.ts';
import { checkFresh } from './checks.ts';
import { guardTask, type TaskFunction } from './guard-task.ts';
import { watch } from './watch.ts';

/** What can be said of a task beyond what its environment shows: which of its functions is at fault, and where. */

const { exceptions, spec, ...others } = checkNames;
/** The environment of a task has arrays that are made for it. */
const { arrays, memory, ...shown } = others;

export const taskCheckNames = {
  exceptions,
  returns: 'every function returns, and what it has to',
  spec,
  range: 'reads and writes stay within their arrays',
  state: 'state, action and parameters are only read',
  references: 'nothing is kept that the next step rewrites',
  ...shown,
} as const;

export type TaskCheckName = keyof typeof taskCheckNames;

/** Told of every function of a task that is entered, and null when it is left. */
export type Trace = (running: TaskFunction | null) => void;

/**
 * Holds a task to what its functions have to keep to. Await `loadPhysics` before.
 * @param fresh the same task out of a module that nothing has run in yet
 * @returns every check in its order
 * @throws DefinitionError for a task that is not whole
 */
export function runTaskChecks(task: Task, trace: Trace = () => {}, fresh?: Task): Outcome<TaskCheckName>[] {
  // The task itself, since what stands in its place hides what kind of functions it has.
  createEnv(task);
  let running: TaskFunction | null = null;
  const traced = traceTask(task, (name) => {
    running = name;
    trace(name);
  });
  const found = new Map<TaskCheckName, Problem<TaskCheckName>>();
  let ambient: Error | null = null;
  const note = (check: TaskCheckName, cause: Error) => {
    if (!found.has(check)) found.set(check, { check, message: cause.message, cause });
  };
  const release = watchAmbient((what) => {
    if (running) ambient ??= new Error(`${running} calls ${what}`);
  });
  try {
    const { thrown } = watch(createEnv(guardTask(traced, note)));
    const outcomes = new Map<string, Outcome>(runChecks(createEnv(traced)).map((outcome) => [outcome.check, outcome]));
    const history = outcomes.get('history');
    if (fresh && history?.isJudged && !history.problem) {
      const message = checkFresh(createEnv(fresh), createEnv(traced));
      if (message) outcomes.set('history', { ...history, problem: { check: 'history', message } });
    }
    return (Object.keys(taskCheckNames) as TaskCheckName[]).map((check): Outcome<TaskCheckName> => {
      const { problem: shown = null, isJudged = !thrown } = outcomes.get(check) ?? {};
      const problem = explained(found.get(check) ?? (shown && { ...shown, check }), ambient);
      return { check, problem, isJudged: isJudged || problem !== null };
    });
  } finally {
    release();
  }
}

/** What does not come out the same has its reason in what was called. */
function explained<P extends Problem<TaskCheckName>>(problem: P | null, ambient: Error | null): P | null {
  if (problem?.check !== 'determinism' || !ambient) return problem;
  return { ...problem, message: `${ambient.message}: ${problem.message}`, cause: ambient };
}

function traceTask(task: Task, trace: Trace): Task {
  const traced = <A extends unknown[], T>(name: TaskFunction, call: (...args: A) => T) => {
    return (...args: A): T => {
      trace(name);
      try {
        const result = call(...args);
        // A promise that comes to nothing would end the process.
        if (result instanceof Promise) result.catch(() => {});
        return result;
      } finally {
        trace(null);
      }
    };
  };
  const { controller, move, success, terminated } = task;
  return {
    ...task,
    controller: { ...controller, command: traced('command', controller.command.bind(controller)) },
    reset: traced('reset', task.reset.bind(task)),
    move: move && traced('move', move.bind(task)),
    observe: traced('observe', task.observe.bind(task)),
    reward: traced('reward', task.reward.bind(task)),
    success: success && traced('success', success.bind(task)),
    terminated: terminated && traced('terminated', terminated.bind(task)),
  };
}

/** Tells of calls of what is another each time. @returns what undoes it */
function watchAmbient(tell: (what: string) => void): () => void {
  const [random, now, clock] = [Math.random, Date.now, performance.now];
  Math.random = () => {
    tell('Math.random');
    return random();
  };
  Date.now = () => {
    tell('Date.now');
    return now();
  };
  performance.now = () => {
    tell('performance.now');
    return clock.call(performance);
  };
  return () => {
    [Math.random, Date.now, performance.now] = [random, now, clock];
  };
}
