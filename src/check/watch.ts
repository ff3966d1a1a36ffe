import type { Env, EnvBatch } from '../../envs/env.ts';
import { width } from '../../envs/spec.ts';
import { type ArrayName, actionsOf, arrays, inBatch, rowsOf, type Shown, stepsAtMost } from './episode.ts';

/**
 * Episodes side by side, one slot of which is never started. What a step has to write is marked before it: where the mark is
 * left, nothing was written.
 */

const slots = 4;
/** Steps that a slot rests when its episode has ended. */
const rest = 2;

export interface Watched {
  readonly shown: readonly Shown[];
  /** What the environment threw, after that. */
  readonly thrown: { readonly error: unknown } | null;
}

export function watch(env: Env): Watched {
  const shown: Shown[] = [];
  try {
    inBatch(env, slots, (batch) => play(env, batch, shown));
    return { shown, thrown: null };
  } catch (error) {
    return { shown, thrown: { error } };
  }
}

interface Running {
  seed: number;
  t: number;
  act: () => Float32Array;
  /** Steps since the episode ended; null while it runs. */
  rested: number | null;
}

function play(env: Env, batch: EnvBatch, shown: Shown[]): void {
  const size = width(env.spec.act);
  const running = Array.from({ length: slots }, (): Running => ({ seed: 0, t: 0, act: () => idle, rested: 0 }));
  const idle = new Float32Array(size);
  let seeds = 100;
  const note = (slot: number, rests: boolean) => {
    const { seed, t } = running[slot];
    shown.push({ slot, seed, t, rests, rows: rowsOf(env, batch, slot) });
  };
  const start = (slot: number) => {
    const seed = seeds++;
    running[slot] = { seed, t: 0, act: actionsOf(env, seed), rested: null };
    for (const name of ['obs', 'params', 'dynamics', 'pose'] as const) mark(env, batch, slot, name);
    batch.start(slot, seed);
    note(slot, false);
  };
  note(slots - 1, true);
  for (let slot = 0; slot < slots - 1; slot++) start(slot);
  for (let step = 0; step < Math.min(env.spec.horizon + rest + 2, stepsAtMost); step++) {
    const act = new Float32Array(slots * size);
    for (let slot = 0; slot < slots; slot++) {
      act.set(running[slot].act(), slot * size);
      if (running[slot].rested !== null) continue;
      for (const name of ['obs', 'reward', 'terms', 'pose', 'q', 'dq'] as const) mark(env, batch, slot, name);
    }
    batch.step(act);
    for (let slot = 0; slot < slots; slot++) {
      const own = running[slot];
      const rests = own.rested !== null;
      if (!rests) own.t++;
      note(slot, rests);
      if (own.rested !== null) own.rested++;
      else if (batch.last[slot]) own.rested = 0;
      if (own.t > 0 && own.rested === rest) start(slot);
    }
  }
}

/** Not-a-numbers that no calculation makes, as words of memory. */
const marks = { 4: [0x7fc0a5a5], 8: [0xa5a5a5a5, 0x7ff8a5a5] } as const;

function mark({ spec }: Env, batch: EnvBatch, slot: number, name: ArrayName): void {
  const array = batch[name];
  if (!array) return;
  const words = wordsOf(array, slot * arrays[name].size(spec), (slot + 1) * arrays[name].size(spec));
  const pattern = marks[array.BYTES_PER_ELEMENT as 4 | 8];
  for (let i = 0; i < words.length; i++) words[i] = pattern[i % pattern.length];
}

/** Whether a number is the mark still. */
export function isMarked(row: Float32Array | Float64Array | Uint8Array, i: number): boolean {
  const pattern = marks[row.BYTES_PER_ELEMENT as 4 | 8];
  return pattern?.every((word, k) => wordsOf(row, i, i + 1)[k] === word) ?? false;
}

function wordsOf(array: Float32Array | Float64Array | Uint8Array, from: number, to: number): Uint32Array {
  const { buffer, byteOffset, BYTES_PER_ELEMENT: size } = array;
  return new Uint32Array(buffer, byteOffset + from * size, ((to - from) * size) / 4);
}
