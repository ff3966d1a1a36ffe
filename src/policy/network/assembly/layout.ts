// Where everything lies in the memory of a network: first the tables of layers, then what depends on the layers alone, then what
// grows with the number of rows. Threads that share a memory lay it out alike, each with a table and scratch of its own.

import { panelNumbers, rounded, SLACK } from './panels';
import { sumNumbers, UNIT } from './sums';

/** Rows that go through all layers together, so that they stay in the processor's cache. */
export const CHUNK = 32;
/** Rows that go back together at most: what is found for them lies in memory until it is summed. */
export const SLAB = 1024;

@unmanaged
export class Layer {
  inputs: i32;
  outputs: i32;
  /** Bytes from the start of a parameter vector to this layer's W; its b follows. */
  offset: usize;
  /**
   * What the last forward pass fed it [n, inputs], and the numbers between two chunks of it: what a tile writes past a chunk
   * must not reach the next one.
   */
  x: usize;
  gap: i32;
  /** What the backward pass found for its output in a slab, chunk by chunk in panels. */
  d: usize;
  /** W in panels; and W^T, or the W of a direction: no pass needs both. */
  panels: usize;
  turned: usize;
  /** Its gradient, see sums.ts. */
  sums: usize;

  /** Where d begins for the chunk that begins with row r of the slab. */
  chunk(r: i32): usize {
    return this.d + ((<usize>(r * rounded(this.outputs))) << 3);
  }

  /** Bytes from the start of a parameter vector to this layer's b. */
  get bias(): usize {
    return this.offset + ((<usize>(this.inputs * this.outputs)) << 3);
  }

  /** Where the chunk of its input begins that begins with row r. */
  from(r: i32): usize {
    return this.x + ((<usize>(r * this.inputs + (r / CHUNK) * this.gap)) << 3);
  }
}

export let count: i32 = 0;
let size: i32 = 0;
let widest: i32 = 0;
// Scratch of this thread for one chunk each, and the zeros that stand in for an absent bias.
export let scratchA: usize = 0;
export let scratchB: usize = 0;
export let product: usize = 0;
export let columns: usize = 0;
export let zeros: usize = 0;
let top: u64 = 0;

/** Where the caller puts the parameters, inputs, output gradients and directions, and finds the results. */
export let theta: usize = 0;
export let x: usize = 0;
export let y: usize = 0;
export let u: usize = 0;
export let grad: usize = 0;
/** In place of the gradient, which is read by then. */
export let v: usize = 0;
export let jv: usize = 0;

export function at(index: i32): Layer {
  return changetype<Layer>(table + index * offsetof<Layer>());
}

let threads: i32 = 1;
let thread: i32 = 0;
let table: usize = 0;
let heap: usize = 0;

/** Before the layers: how many there are, and which of how many threads this is. */
export function begin(layers: i32, ofThreads: i32, index: i32): void {
  const bytes: usize = layers * offsetof<Layer>();
  threads = ofThreads;
  thread = index;
  table = __heap_base + thread * bytes;
  heap = __heap_base + threads * bytes;
}

/** Appends a layer. */
export function layer(inputs: i32, outputs: i32): void {
  const it = at(count++);
  it.inputs = inputs;
  it.outputs = outputs;
  it.offset = (<usize>size) << 3;
  size += (inputs + 1) * outputs;
  widest = max(widest, max(inputs, outputs));
}

/** Takes the next piece of memory, from the start of a line of the cache. */
function place(numbers: u64): usize {
  const start = <usize>top;
  top = (top + ((numbers + SLACK) << 3) + 63) & ~63;
  return start;
}

/** Lays the memory out anew for up to `n` rows; false when there is not enough of it. */
export function reserve(n: i32): bool {
  top = (heap + 63) & ~63;
  theta = place(size);
  grad = place(size);
  v = grad;
  zeros = place(widest);
  const chunk = <u64>widest * CHUNK;
  for (let t = 0; t < threads; t++) {
    const a = place(chunk);
    const b = place(chunk);
    const c = place(chunk);
    const d = place(CHUNK * UNIT);
    if (t !== thread) continue;
    scratchA = a;
    scratchB = b;
    product = c;
    columns = d;
  }
  for (let l = 0; l < count; l++) {
    const it = at(l);
    it.panels = place(panelNumbers(it.inputs, it.outputs));
    it.turned = place(max(panelNumbers(it.inputs, it.outputs), panelNumbers(it.outputs, it.inputs)));
    it.sums = place(sumNumbers(it.inputs, it.outputs));
  }
  for (let l = 0; l < count; l++) {
    const it = at(l);
    it.gap = l ? SLACK : 0;
    it.x = place(<u64>n * it.inputs + <u64>(n / CHUNK) * it.gap);
    it.d = place(<u64>min(n, SLAB) * rounded(it.outputs));
  }
  const outputs = <u64>n * at(count - 1).outputs;
  x = at(0).x;
  y = place(outputs);
  u = place(outputs);
  jv = place(outputs);
  const missing = <i32>((top + 0xffff) >> 16) - memory.size();
  const enough = missing <= 0 || memory.grow(missing) >= 0;
  if (enough && !thread) memory.fill(zeros, 0, (<usize>widest) << 3);
  return enough;
}
