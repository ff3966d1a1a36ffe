import * as v from 'valibot';
import type { ModuleIdentity } from '../../envs/env.ts';
import type { Arm } from '../../envs/model/types.ts';
import { type OptionValue, UsageError } from '../../envs/options.ts';
import { moduleIdentity } from '../../envs/recording/schema.ts';
import type { Format } from '../../envs/recording/sealed.ts';
import { arm } from '../../envs/schema.ts';
import { defaultBackend } from '../policy/network/index.ts';
import { index, real, versionsOf, versionsSchema } from '../run/schema.ts';
import type { ModuleKind } from '../train/registry.ts';
import type { Axis } from './values.ts';

/** What of a run is named: what all runs of a sweep share, or what one value of an option changes. */
export interface Names {
  readonly env?: string;
  readonly algorithm?: string;
  readonly arm?: string;
  readonly reward?: string;
  readonly backend?: string;
  readonly randomize?: string;
  readonly steps?: number;
  /** Options of the environment. */
  readonly set: Readonly<Record<string, OptionValue>>;
  /** Options of training; one that an algorithm has not is not set for it. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** All that determines the runs of a sweep and what is said of them. */
export interface SweepPlan {
  /** Whether algorithms alone are varied, by `armature compare`, whose report is one of algorithms. */
  readonly isComparison: boolean;
  /** As a report has it: without what changes no result. */
  readonly command: string;
  readonly base: Names;
  readonly axes: readonly Axis[];
  /** Draws, of which there are so many, in the place of every combination. */
  readonly random: { readonly draws: number; readonly seed: number } | null;
  /** Runs come to rest so often to be chosen among, the last time at their end: 1 where all are made to the end. */
  readonly stages: number;
  readonly seeds: readonly number[];
  /** Episodes that each trained policy is evaluated on. */
  readonly goals: number;
  /** Arms out of robot files, by the names that the plan has for them. */
  readonly robots: Readonly<Record<string, Arm>>;
  /** Modules that define some of the names. */
  readonly modules: readonly { readonly kind: ModuleKind; readonly identity: ModuleIdentity }[];
}

export const planFormat: Format = { name: 'armature.sweep', version: 1, noun: 'the plan of a sweep' };

const text = v.pipe(v.string(), v.maxLength(1000));
const value = v.union([real, v.boolean(), text]);
const values = v.record(text, value);

const names = v.strictObject({
  env: v.optional(text),
  algorithm: v.optional(text),
  arm: v.optional(text),
  reward: v.optional(text),
  backend: v.optional(text),
  randomize: v.optional(text),
  steps: v.optional(index),
  set: values,
  options: values,
});

const axis = v.strictObject({
  key: text,
  values: v.array(value),
  range: v.optional(
    v.strictObject({ low: real, high: real, scale: v.picklist(['log', 'lin']), isInteger: v.boolean() }),
  ),
});

const content = v.strictObject({
  versions: versionsSchema,
  isComparison: v.boolean(),
  command: v.pipe(v.string(), v.maxLength(10_000)),
  base: names,
  axes: v.array(axis),
  random: v.nullable(v.strictObject({ draws: v.pipe(index, v.minValue(1)), seed: index })),
  stages: v.pipe(index, v.minValue(1), v.maxValue(20)),
  seeds: v.pipe(v.array(index), v.minLength(1)),
  goals: v.pipe(index, v.minValue(1)),
  robots: v.record(text, arm),
  modules: v.array(v.strictObject({ kind: v.picklist(['task', 'arm', 'algorithm']), identity: moduleIdentity })),
});

/** A plan as plan.json holds it, with the versions that would come to the same results. */
export const planSchema: v.GenericSchema<unknown, SweepPlan & { readonly versions: Versions }> = v.pipe(
  content,
  v.check(hasPlainAxes, 'axes that go together'),
);

type Versions = ReturnType<typeof versionsOf>;

export function planVersions(): Versions {
  return versionsOf(defaultBackend);
}

/** How many combinations a sweep may have: more are a mistake. */
const mostVariants = 1_000_000;

/** Keys of what is named rather than an option: of `Names`, what may be varied. */
const named = ['env', 'algorithm', 'arm', 'reward', 'backend', 'randomize', 'steps'] as const;

export function isNamed(key: string): key is (typeof named)[number] {
  return (named as readonly string[]).includes(key);
}

/** @throws UsageError for axes that contradict each other or the rest of the plan */
export function checkAxes({ axes, base, random }: Pick<SweepPlan, 'axes' | 'base' | 'random'>): void {
  for (const [i, { key, values: list }] of axes.entries()) {
    if (axes.findIndex((other) => other.key === key) < i) throw new UsageError(`--vary names ${key} twice`);
    if (isFixed(base, key)) throw new UsageError(`${key} is expected once, by --vary or by itself, found by both`);
    if (!list.length && !random) {
      throw new UsageError(`--vary ${key}: a range without a number of values, as low:high:log:6, is for --random`);
    }
  }
  const all = axes.reduce((product, { values: list }) => product * Math.max(1, list.length), 1);
  const planned = random?.draws ?? all;
  if (planned > mostVariants) {
    throw new UsageError(`expected at most ${mostVariants} variants, found ${planned}: vary less, or draw by --random`);
  }
}

function hasPlainAxes(plan: v.InferOutput<typeof content>): boolean {
  try {
    checkAxes(plan);
    return true;
  } catch {
    return false;
  }
}

function isFixed({ set, options, ...rest }: Names, key: string): boolean {
  if (isNamed(key)) return rest[key] !== undefined;
  if (key.startsWith('set.')) return Object.hasOwn(set, key.slice('set.'.length));
  return Object.hasOwn(options, key) || Object.hasOwn(set, key);
}
