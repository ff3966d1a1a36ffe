import * as v from 'valibot';
import { completeArm } from '../../envs/model/complete-arm.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import type { Arm } from '../../envs/model/types.ts';
import { arm, complaintOf, size, text } from '../../envs/schema.ts';
import type { TaskDefinition } from '../../envs/task.ts';
import type { AlgorithmFactory } from '../algorithms/types.ts';
import { trainOptions } from './options.ts';
import type { ModuleKind } from './registry.ts';

/** What a module's default export has to be. */

/** Names stand in commands and in the names of folders. */
const name = v.pipe(
  text,
  v.regex(/^[A-Za-z][\w-]{0,59}$/, 'a name of letters, digits, - and _ that begins with a letter'),
);
const called = v.custom<(...args: never[]) => unknown>((value) => typeof value === 'function', 'a function');

const described = { description: text };
const number = v.pipe(v.number(), v.finite());
const options = v.record(
  v.pipe(text, v.regex(/^[a-z][A-Za-z0-9]*$/, 'names of letters and digits as learningRate')),
  v.union(
    [
      v.strictObject({
        ...described,
        default: number,
        low: v.optional(number),
        high: v.optional(number),
        integer: v.optional(v.boolean()),
      }),
      v.strictObject({ ...described, default: v.boolean() }),
      v.strictObject({ ...described, default: text, choices: v.array(text) }),
      v.strictObject({
        ...described,
        default: v.string(),
        size,
        low: v.optional(number),
        high: v.optional(number),
      }),
    ],
    '{ default, description } with low, high and integer for a number, choices for a text, or size for several numbers',
  ),
);

const schemas = {
  task: v.object({
    name,
    description: v.optional(text),
    arms: v.optional(v.pipe(v.array(text), v.minLength(1))),
    options,
    budget: v.union([size, called], 'a whole number of steps, or a function that makes one of the options'),
    defaults: v.optional(called),
    create: called,
  }),
  arm: v.strictObject({ ...arm.entries, name }),
  algorithm: v.object({ name, description: text, options, create: called }),
} as const;

export interface Definitions {
  readonly task: TaskDefinition;
  readonly arm: Arm;
  readonly algorithm: AlgorithmFactory;
}

const makers = { task: 'defineTask', arm: 'defineArm', algorithm: 'defineAlgorithm' } as const;

/**
 * A module's default export as the definition that it has to be.
 * @param module the module's path, for messages
 * @throws DefinitionError that names the module, the part, what was expected and what was found
 */
export function definitionOf<K extends ModuleKind>(kind: K, exports: object, module: string): Definitions[K] {
  const fail = (what: string): never => {
    throw new DefinitionError(`${module}: ${what}`);
  };
  const found: unknown = 'default' in exports ? exports.default : undefined;
  const whole = `a default export made by ${makers[kind]}`;
  if (found === undefined) fail(`expected ${whole}, found no default export`);
  // A definition of another kind is told apart before its parts are missed.
  const other = kindOf(found);
  if (other !== kind) fail(`expected ${whole}, found ${other ? `one made by ${makers[other]}` : kindOfValue(found)}`);
  const parts = typeof found === 'function' ? { ...found, name: found.name } : found;
  const { success, issues } = v.safeParse(schemas[kind] as v.GenericSchema, parts, { abortEarly: true });
  if (!success) fail(complaintOf(issues[0]));
  const checks = {
    task: () => {},
    arm: () => completeArm(found as Arm, fail),
    algorithm: () => checkNames(found as AlgorithmFactory, fail),
  };
  checks[kind]();
  return found as Definitions[K];
}

function kindOf(value: unknown): ModuleKind | null {
  if (typeof value === 'function') return 'options' in value && 'create' in value ? 'algorithm' : null;
  if (typeof value !== 'object' || value === null) return null;
  if ('bodies' in value || 'joints' in value) return 'arm';
  return 'create' in value || 'budget' in value ? 'task' : null;
}

function kindOfValue(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'object' ? 'another object' : `a ${typeof value}`;
}

/** On a command line an algorithm's options stand beside those of training. */
function checkNames({ options }: AlgorithmFactory, fail: (what: string) => never): void {
  const taken = Object.keys(options).find((option) => Object.hasOwn(trainOptions, option));
  if (taken) fail(`options.${taken}: expected a name that is free, found that of an option of training`);
}
