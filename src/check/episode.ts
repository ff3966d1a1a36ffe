import type { Env, EnvBatch } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { type EnvSpec, type Field, width } from '../../envs/spec.ts';

/** What is played of an environment to judge it: every step of some slots, as copies of all that a batch shows. */

/** The arrays of a batch, causes before their effects: what each is, and how many numbers it has for a slot. */
export const arrays = {
  params: { type: Float32Array, size: (spec: EnvSpec) => width(spec.params) },
  dynamics: { type: Float32Array, size: (spec: EnvSpec) => width(spec.dynamics) },
  pose: { type: Float32Array, size: (spec: EnvSpec) => spec.bodies.length * 7 },
  q: { type: Float32Array, size: (spec: EnvSpec) => spec.joints?.length ?? 0 },
  dq: { type: Float32Array, size: (spec: EnvSpec) => spec.joints?.length ?? 0 },
  obs: { type: Float32Array, size: (spec: EnvSpec) => width(spec.obs) },
  terms: { type: Float64Array, size: (spec: EnvSpec) => spec.terms.length },
  reward: { type: Float64Array, size: () => 1 },
  discount: { type: Float64Array, size: () => 1 },
  last: { type: Uint8Array, size: () => 1 },
  success: { type: Uint8Array, size: () => 1 },
  fault: { type: Uint8Array, size: () => 1 },
} as const satisfies Record<string, { readonly type: unknown; size(spec: EnvSpec): number }>;

export type ArrayName = keyof typeof arrays;
export const arrayNames = Object.keys(arrays) as ArrayName[];

/** Those that a start writes; what the others hold then means nothing. */
export const startNames = [
  'params',
  'dynamics',
  'pose',
  'q',
  'dq',
  'obs',
  'discount',
  'last',
] as const satisfies readonly ArrayName[];

/** Rows of a slot by array. */
export type Rows = Readonly<Record<ArrayName, Float32Array | Float64Array | Uint8Array>>;

/** What a slot shows after its start (t = 0), after a step, or while it rests. */
export interface Shown {
  readonly slot: number;
  readonly seed: number;
  readonly t: number;
  /** Whether no episode ran in the slot when the batch was stepped. */
  readonly rests: boolean;
  readonly rows: Rows;
}

/** Copies of a slot's rows, to the bit. */
export function rowsOf({ spec }: Env, batch: EnvBatch, slot: number): Rows {
  const copies = arrayNames.map((name) => {
    const size = arrays[name].size(spec);
    return [name, batch[name]?.slice(slot * size, (slot + 1) * size) ?? new Float32Array(0)];
  });
  return Object.fromEntries(copies);
}

/** Steps that are played of an episode at most. */
export const stepsAtMost = 60;

/** Random actions of an episode [A]; a fifth of them are beyond the box. */
export function actionsOf({ spec }: Env, seed: number): () => Float32Array {
  const random = stream(seed, 'noise');
  const size = width(spec.act);
  return () => Float32Array.from({ length: size }, () => random.between(-1.2, 1.2));
}

export interface Playing {
  readonly slot?: number;
  /** The actions; random ones of the seed if not given. */
  readonly act?: () => Float32Array;
  /** Called before every step, to start episodes around this one and to write their actions [slots, A]. */
  readonly around?: (t: number, act: Float32Array) => void;
}

/** An episode in a batch, or the first of its steps. */
export function playEpisode(env: Env, batch: EnvBatch, seed: number, playing: Playing = {}): Shown[] {
  const { slot = 0, act = actionsOf(env, seed), around } = playing;
  const size = width(env.spec.act);
  const show = (t: number): Shown => ({ slot, seed, t, rests: false, rows: rowsOf(env, batch, slot) });
  batch.start(slot, seed);
  const shown = [show(0)];
  for (let t = 1; t <= Math.min(env.spec.horizon, stepsAtMost) && !batch.last[slot]; t++) {
    const all = new Float32Array(batch.slots * size);
    around?.(t, all);
    all.set(act(), slot * size);
    batch.step(all);
    shown.push(show(t));
  }
  return shown;
}

/** What is done in a batch that is closed afterwards. */
export function inBatch<T>(env: Env, slots: number, use: (batch: EnvBatch) => T): T {
  const batch = env.open(slots);
  try {
    return use(batch);
  } finally {
    batch.close();
  }
}

/** The first bit that differs between two plays of an episode, in words; null where none does. */
export function differenceOf(spec: EnvSpec, before: readonly Shown[], now: readonly Shown[]): string | null {
  for (let k = 0; k < Math.min(before.length, now.length); k++) {
    const { t, rests, rows } = now[k];
    for (const name of t === 0 && !rests ? startNames : arrayNames) {
      const [a, b] = [before[k].rows[name], rows[name]];
      const i = a.findIndex((value, j) => !Object.is(value, b[j]));
      if (i >= 0) return `at step ${t} ${nameOf(spec, name, i)} is ${show(b[i])}, and was ${show(a[i])}`;
    }
  }
  return before.length === now.length ? null : `it has ${now.length - 1} steps, and had ${before.length - 1}`;
}

/** A number of a slot's rows, as "observation tip[2]". */
export function nameOf(spec: EnvSpec, name: ArrayName, i: number): string {
  switch (name) {
    case 'obs':
      return `observation ${elementOf(spec.obs, i)}`;
    case 'params':
      return `parameter ${elementOf(spec.params, i)}`;
    case 'dynamics':
      return `dynamics ${elementOf(spec.dynamics, i)}`;
    case 'q':
      return `the position of ${spec.joints?.[i]}`;
    case 'dq':
      return `the velocity of ${spec.joints?.[i]}`;
    case 'terms':
      return `the term "${spec.terms[i]}"`;
    case 'pose':
      return `the pose of ${spec.bodies[Math.floor(i / 7)]}`;
    default:
      return name;
  }
}

/** A number among those of some fields: "tip[2]", or "time" where that is all there is of it. */
export function elementOf(fields: readonly Field[], i: number): string {
  let at = i;
  for (const { name, size } of fields) {
    if (at < size) return size === 1 ? name : `${name}[${at}]`;
    at -= size;
  }
  return String(i);
}

/** A number for people. */
export function show(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}
