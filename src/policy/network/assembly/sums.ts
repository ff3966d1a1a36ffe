// The gradient of a layer, summed over rows. It is kept in whole tiles of 4 x 4, one after another, then fours for the bias, because
// what a tile adds past the edges must not reach anything that is summed; `unpack` leaves the rounding out. Every element is
// summed over the rows upwards.

import { fold, isWide } from './panels';

/** Columns of x that are summed at a time. */
export const UNIT = 16;

function fours(size: i32): i32 {
  return (size + 3) >> 2;
}

export function unitsOf(inputs: i32): i32 {
  return (inputs + UNIT - 1) / UNIT;
}

/** Numbers in the sums of a layer. */
export function sumNumbers(inputs: i32, outputs: i32): u64 {
  return <u64>(fours(inputs) * 16 + 4) * fours(outputs);
}

/** Zeroes the sums of a unit, and with the first one those of the bias. */
export function clear(sums: usize, unit: i32, inputs: i32, outputs: i32): void {
  const pitch = (<usize>fours(outputs)) << 7;
  const first = (unit * UNIT) >> 2;
  memory.fill(sums + first * pitch, 0, min(UNIT >> 2, fours(inputs) - first) * pitch);
  if (!unit) memory.fill(sums + fours(inputs) * pitch, 0, pitch >> 2);
}

/**
 * sums += x^T d in a unit, and with the first one the bias += the column sums of d, for a chunk x [n, inputs] and d [n, outputs],
 * that one in panels.
 * @param columns holds those of the unit meanwhile
 */
export function accumulate(
  x: usize,
  d: usize,
  sums: usize,
  unit: i32,
  n: i32,
  inputs: i32,
  outputs: i32,
  columns: usize,
): void {
  const panel = (<usize>n) << 5;
  const end = d + fours(outputs) * panel;
  const first = (unit * UNIT) >> 2;
  const panels = min(UNIT >> 2, fours(inputs) - first);
  let at = x + ((<usize>first) << 5);
  let pitch = (<usize>inputs) << 3;
  let step: usize = 32;
  if (isWide(inputs)) {
    for (let p = 0; p < panels; p++) fold(at + (p << 5), pitch, columns + p * panel, n);
    at = columns;
    pitch = 32;
    step = panel;
  }
  let to = sums + ((<usize>(first * fours(outputs))) << 7);
  for (let p = 0; p < panels; p++, at += step) {
    for (let j = d; j < end; j += panel, to += 128) tile(at, pitch, j, to, n);
  }
  if (unit) return;
  to = sums + ((<usize>(fours(inputs) * fours(outputs))) << 7);
  for (let j = d; j < end; to += 32) {
    let a = v128.load(to);
    let b = v128.load(to, 16);
    for (const last = j + panel; j < last; j += 32) {
      a = f64x2.add(a, v128.load(j));
      b = f64x2.add(b, v128.load(j, 16));
    }
    v128.store(to, a);
    v128.store(to, b, 16);
  }
}

function tile(x: usize, xPitch: usize, d: usize, sums: usize, n: i32): void {
  let a0 = v128.load(sums),
    a1 = v128.load(sums, 32),
    a2 = v128.load(sums, 64),
    a3 = v128.load(sums, 96);
  let b0 = v128.load(sums, 16),
    b1 = v128.load(sums, 48),
    b2 = v128.load(sums, 80),
    b3 = v128.load(sums, 112);
  const end = x + n * xPitch;
  for (; x < end; x += xPitch, d += 32) {
    const left = v128.load(d);
    const right = v128.load(d, 16);
    let s = v128.load_splat<f64>(x);
    a0 = f64x2.add(a0, f64x2.mul(s, left));
    b0 = f64x2.add(b0, f64x2.mul(s, right));
    s = v128.load_splat<f64>(x, 8);
    a1 = f64x2.add(a1, f64x2.mul(s, left));
    b1 = f64x2.add(b1, f64x2.mul(s, right));
    s = v128.load_splat<f64>(x, 16);
    a2 = f64x2.add(a2, f64x2.mul(s, left));
    b2 = f64x2.add(b2, f64x2.mul(s, right));
    s = v128.load_splat<f64>(x, 24);
    a3 = f64x2.add(a3, f64x2.mul(s, left));
    b3 = f64x2.add(b3, f64x2.mul(s, right));
  }
  v128.store(sums, a0);
  v128.store(sums, b0, 16);
  v128.store(sums, a1, 32);
  v128.store(sums, b1, 48);
  v128.store(sums, a2, 64);
  v128.store(sums, b2, 80);
  v128.store(sums, a3, 96);
  v128.store(sums, b3, 112);
}

/** Writes the sums as W [inputs, outputs] and b [outputs]. What a four writes past a row, the next row writes over. */
export function unpack(sums: usize, grad: usize, inputs: i32, outputs: i32): void {
  const pitch = (<usize>fours(outputs)) << 7;
  const row = (<usize>outputs) << 3;
  for (let i = 0; i < inputs; i++, grad += row) {
    let from = sums + (i >> 2) * pitch + ((<usize>(i & 3)) << 5);
    for (let to = grad, end = grad + row; to < end; to += 32, from += 128) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
  }
  memory.copy(grad, sums + fours(inputs) * pitch, row);
}
