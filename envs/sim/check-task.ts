import * as v from 'valibot';
import { DefinitionError } from '../model/definition-error.ts';
import { checkThings, movingBodiesOf } from '../model/free-body.ts';
import { siteOf } from '../model/tree.ts';
import { actionFields, complaintOf, fields, marker, scene, seconds, size, text } from '../schema.ts';
import type { Task } from '../task.ts';

/** What a task has to be; a stranger's comes from code that nothing else has checked. */

const called = v.pipe(
  v.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'a function'),
  v.check((value) => value.constructor.name === 'Function', 'a function that returns at once, not an async one'),
);
const optional = v.optional(called);
/** A name that heads a column of a table. */
const column = v.pipe(text, v.regex(/^[^,"\r\n]+$/, 'a name without commas, quotes and line breaks'));

const taskSchema = v.looseObject({
  name: text,
  scene,
  physics: v.strictObject({
    dt: seconds,
    substeps: size,
    solverIterations: size,
    internalIterations: size,
    gravityCompensation: v.boolean(),
    interpolateTargets: v.optional(v.boolean()),
  }),
  controller: v.looseObject({
    spec: v.looseObject({}),
    act: v.pipe(actionFields, v.minLength(1)),
    drive: v.picklist(['position', 'torque']),
    command: called,
    linkTorques: optional,
  }),
  obs: v.pipe(fields, v.minLength(1)),
  terms: v.pipe(v.array(column), v.minLength(1)),
  params: fields,
  markers: v.array(marker),
  horizon: size,
  metrics: v.optional(v.array(v.looseObject({ name: column, label: text, unit: text, of: called }))),
  reset: called,
  observe: called,
  reward: called,
  ease: optional,
  move: optional,
  success: optional,
  terminated: optional,
});

/** @throws DefinitionError that names the part, what was expected and what was found */
export function checkTask(task: Task): void {
  const fail = (what: string): never => {
    throw new DefinitionError(`task ${task.name}: ${what}`);
  };
  const { success, issues } = v.safeParse(taskSchema, task, { abortEarly: true, abortPipeEarly: true });
  if (!success) fail(complaintOf(issues[0]));
  const { markers, params, scene: own } = task;
  siteOf(own.arm.model, own.arm.model.tip);
  for (const { param, rotation, body } of markers) {
    const bodies = movingBodiesOf(own);
    if (body !== undefined && !bodies.includes(body)) {
      fail(`a marker expects "${body}" among the bodies that move, found: ${bodies.join(', ')}`);
    }
    const points = params.filter((each) => each.size >= 3).map(({ name }) => name);
    if (!points.includes(param)) {
      fail(`a marker expects "${param}" among the parameters of size 3, found: ${points.join(', ') || 'none'}`);
    }
    const turns = params.filter((each) => each.size === 4).map(({ name }) => name);
    if (rotation !== undefined && !turns.includes(rotation)) {
      fail(
        `a marker's rotation expects "${rotation}" among the parameters of size 4, found: ${turns.join(', ') || 'none'}`,
      );
    }
  }
  const twice = [task.obs, params, task.controller.act]
    .map((list) => list.map(({ name }) => name))
    .concat([[...task.terms]])
    .flatMap((names) => names.filter((name, i) => names.indexOf(name) < i));
  if (twice.length) fail(`the name "${twice[0]}" stands twice in one list`);
  try {
    checkThings(own);
  } catch (error) {
    throw error instanceof DefinitionError ? new DefinitionError(`task ${task.name}: ${error.message}`) : error;
  }
  if ('dynamics' in task) fail('what is drawn of its dynamics is asked for by --randomize or makeEnv, not said by it');
}
