import type { Random } from '../../envs/math/random.ts';
import type { Field } from '../../envs/spec.ts';
import type { SiteState, State, Task } from '../../envs/task.ts';
import { elementOf } from './episode.ts';
import { isMarked } from './watch.ts';

/**
 * A task whose functions are given arrays that tell what is done to them: who writes or reads beyond an end, writes what is no
 * number or is not his to write, or uses later what he was given for one call.
 */

/** Functions that a task is made of, and those of its controller. */
export const taskFunctions = ['reset', 'move', 'observe', 'reward', 'success', 'terminated', 'command'] as const;
export type TaskFunction = (typeof taskFunctions)[number];

/** What guarded functions are seen to do. */
export type GuardedCheck = 'range' | 'state' | 'references' | 'finite' | 'returns';

/** Told of everything that is found; the error's stack says where. */
export type Note = (check: GuardedCheck, error: Error) => void;

type Numbers = Float32Array | Float64Array;

/** One call of one of the functions. */
interface Call {
  readonly name: TaskFunction;
  readonly note: Note;
  isOver: boolean;
  /** What has to be as it was. */
  readonly lent: { readonly label: string; readonly copy: Numbers; readonly original: Numbers }[];
  /** What is written by it. */
  readonly written: { readonly label: string; readonly array: Numbers; readonly fields: readonly Field[] }[];
}

export function guardTask(task: Task, note: Note): Task {
  const { controller, params: fields, obs } = task;
  const call = <T>(name: TaskFunction, use: (call: Call) => T): T => inCall(name, note, use);
  const terms = task.terms.map((name): Field => ({ name, size: 1, unit: '1', description: name }));
  const judged = (name: 'success' | 'terminated') =>
    task[name] &&
    ((state: State, params: Float32Array): boolean =>
      call(name, (own) => {
        const result = task[name]?.(lendState(own, state), lend(own, 'the parameters', params));
        if (typeof result !== 'boolean') tell(own, 'returns', `returns ${kindOf(result)}: expected true or false`);
        return Boolean(result);
      }));
  return {
    ...task,
    controller: {
      ...controller,
      command: (state, action, out) =>
        call('command', (own) =>
          controller.command(lendState(own, state), lend(own, 'the action', action), writable(own, 'its output', out)),
        ),
    },
    reset: (random, { q, dq, pose, velocity }, params) =>
      call('reset', (own) => {
        const start = {
          q: writable(own, 'start.q', q),
          dq: writable(own, 'start.dq', dq),
          pose: writable(own, 'start.pose', pose),
          velocity: writable(own, 'start.velocity', velocity),
        };
        return task.reset(lendRandom(own, random), start, writable(own, 'the parameters', params, fields));
      }),
    move:
      task.move &&
      ((seed, t, params) =>
        call('move', (own) => task.move?.(seed, t, writable(own, 'the parameters', params, fields)))),
    observe: (state, params, out) =>
      call('observe', (own) =>
        task.observe(
          lendState(own, state),
          lend(own, 'the parameters', params),
          writable(own, 'the observation', out, obs),
        ),
      ),
    reward: (state, params, action, out) =>
      call('reward', (own) =>
        task.reward(
          lendState(own, state),
          lend(own, 'the parameters', params),
          lend(own, 'the action', action),
          writable(own, 'the terms', out, terms),
        ),
      ),
    success: judged('success'),
    terminated: judged('terminated'),
  };
}

function inCall<T>(name: TaskFunction, note: Note, use: (call: Call) => T): T {
  const call: Call = { name, note, isOver: false, lent: [], written: [] };
  try {
    const result: unknown = use(call);
    if (result instanceof Promise) tell(call, 'returns', 'returns a promise: all has to be done when it returns');
    return result as T;
  } finally {
    call.isOver = true;
    for (const { label, copy, original } of call.lent) {
      if (copy.some((value, i) => !Object.is(value, original[i]))) tellOfWriting(call, label);
    }
    for (const { label, array, fields } of call.written) {
      const i = array.findIndex((value, k) => !Number.isFinite(value) && !isMarked(array, k));
      if (i >= 0) tell(call, 'finite', `writes ${array[i]} into ${place(label, fields, i)}`);
    }
  }
}

function tell({ name, note }: Call, check: GuardedCheck, what: string): void {
  note(check, new Error(`${name} ${what}`));
}

function tellOfWriting(call: Call, label: string): void {
  tell(call, 'state', `writes into ${label}, which it may only read`);
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return value === undefined ? 'nothing' : String(value);
}

function place(label: string, fields: readonly Field[], i: number): string {
  return fields.length ? `${label}[${i}] (${elementOf(fields, i)})` : `${label}[${i}]`;
}

/** An array that is to be written. */
function writable<A extends Numbers>(call: Call, label: string, array: A, fields: readonly Field[] = []): A {
  call.written.push({ label, array, fields });
  return guarded(call, label, array, (i, value) => {
    if (!Number.isFinite(value)) tell(call, 'finite', `writes ${value} into ${place(label, fields, i)}`);
  });
}

/** A copy of an array that is only to be read. */
function lend<A extends Numbers>(call: Call, label: string, original: A): A {
  const copy = original.slice() as A;
  call.lent.push({ label, copy, original: original.slice() as A });
  return guarded(call, label, copy, () => tellOfWriting(call, label));
}

const writers: readonly PropertyKey[] = ['set', 'fill', 'sort', 'reverse', 'copyWithin'];

function guarded<A extends Numbers>(
  call: Call,
  label: string,
  array: A,
  onWrite: (i: number, value: number) => void,
): A {
  const isLent = call.lent.some(({ copy }) => copy === array);
  /** The index that a key is; null where it is none. */
  const indexOf = (key: PropertyKey, verb: string): number | null => {
    if (typeof key !== 'string' || !/^-?(\d|NaN$|Infinity$)/.test(key)) return null;
    const i = Number(key);
    if (!(i in array)) tell(call, 'range', `${verb} ${label}[${key}], of which there are ${array.length} numbers`);
    return i;
  };
  return new Proxy(array, {
    get(target, key) {
      if (call.isOver) tellOfKeeping(call, label);
      indexOf(key, 'reads');
      if (isLent && writers.includes(key)) tellOfWriting(call, label);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && key !== 'constructor' ? value.bind(target) : value;
    },
    set(target, key, value) {
      if (call.isOver) tellOfKeeping(call, label);
      const i = indexOf(key, 'writes');
      if (i !== null && i in target) onWrite(i, Number(value));
      return Reflect.set(target, key, value, target);
    },
  });
}

function tellOfKeeping({ name, note }: Call, label: string): void {
  const remedy = 'it is rewritten; use what each call is given, or copy the numbers';
  note('references', new Error(`${label} that ${name} was given is used after ${name} has returned: ${remedy}`));
}

function lendState(call: Call, state: State): State {
  const arrays = new Map<string, Numbers>();
  const sites = new Map<string, SiteState>();
  const once = <A extends Numbers>(name: string, array: A): A => {
    const known = arrays.get(name) ?? lend(call, name, array);
    arrays.set(name, known);
    return known as A;
  };
  const alive = <T>(use: () => T): T => {
    if (call.isOver) tellOfKeeping(call, 'the state');
    return use();
  };
  return {
    get t() {
      return alive(() => state.t);
    },
    get previousAction() {
      return alive(() => once('state.previousAction', state.previousAction));
    },
    get actionBefore() {
      return alive(() => once('state.actionBefore', state.actionBefore));
    },
    get q() {
      return alive(() => once('state.q', state.q));
    },
    get dq() {
      return alive(() => once('state.dq', state.dq));
    },
    get pose() {
      return alive(() => once('state.pose', state.pose));
    },
    get velocity() {
      return alive(() => once('state.velocity', state.velocity));
    },
    site: (name) =>
      alive(() => {
        const { position, velocity } = state.site(name);
        const known = sites.get(name) ?? {
          position: once(`the position of the site ${name}`, position),
          velocity: once(`the velocity of the site ${name}`, velocity),
        };
        sites.set(name, known);
        return known;
      }),
    contact: (a, b) => alive(() => state.contact(a, b)),
    contactSum: () => alive(() => state.contactSum()),
    contactForce: (a, b, out) => alive(() => state.contactForce(a, b, out)),
  };
}

function lendRandom(call: Call, random: Random): Random {
  return new Proxy(random, {
    get(target, key, receiver) {
      if (call.isOver) tellOfKeeping(call, 'the stream');
      return Reflect.get(target, key, receiver);
    },
  });
}
