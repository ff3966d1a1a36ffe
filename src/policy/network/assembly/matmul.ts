// Matrix products over tiles of numbers held in registers. Two rules give every element the same bits in any tile: its
// sum runs over k upwards from one accumulator, and no lane ever meets another.
//
// Tiles do not stop at the last column. The lanes past it compute something out of whatever follows in memory and
// write it over what follows in y, which is always a number written later: rows go upwards, tiles of one row from
// right to left. So every buffer is followed by SLACK numbers that nobody reads for their value.

import { panelStep } from './panels';

/** y [n, outputs] = x [n, inputs] w [inputs, outputs] + b [outputs], w as it stands. */
export function affine(x: usize, w: usize, b: usize, y: usize, n: i32, inputs: i32, outputs: i32): void {
  multiply(x, w, (<usize>outputs) << 3, 32, b, y, n, inputs, outputs);
}

/** The same of a w in panels. */
export function affineOfPanels(x: usize, panels: usize, b: usize, y: usize, n: i32, inputs: i32, outputs: i32): void {
  multiply(x, panels, 32, panelStep(inputs), b, y, n, inputs, outputs);
}

/** Rows of w are `wPitch` bytes apart, and its columns, four at a time, `wStep`. */
function multiply(
  x: usize,
  w: usize,
  wPitch: usize,
  wStep: usize,
  b: usize,
  y: usize,
  n: i32,
  inputs: i32,
  outputs: i32,
): void {
  const xPitch = (<usize>inputs) << 3;
  const yPitch = (<usize>outputs) << 3;
  const fours = n & ~3;
  for (let p = (outputs - 1) >> 2; p >= 0; p--) {
    const j = p << 5;
    for (let r = 0; r < fours; r += 4) {
      tile4x4(x + r * xPitch, w + p * wStep, wPitch, b + j, y + r * yPitch + j, xPitch, yPitch);
    }
  }
  for (let r = fours; r < n; r++) {
    for (let p = ((outputs - 1) >> 2) & ~3; p >= 0; p -= 4) {
      const j = p << 5;
      tile1x16(x + r * xPitch, w + p * wStep, wPitch, wStep, b + j, y + r * yPitch + j, xPitch);
    }
  }
}

function tile4x4(x: usize, w: usize, wPitch: usize, b: usize, y: usize, xPitch: usize, yPitch: usize): void {
  const left = v128.load(b);
  const right = v128.load(b, 16);
  let a0 = left,
    a1 = left,
    a2 = left,
    a3 = left;
  let b0 = right,
    b1 = right,
    b2 = right,
    b3 = right;
  const end = x + xPitch;
  let x1 = end,
    x2 = x1 + xPitch,
    x3 = x2 + xPitch;
  for (; x < end; x += 8, x1 += 8, x2 += 8, x3 += 8, w += wPitch) {
    const wl = v128.load(w);
    const wr = v128.load(w, 16);
    let s = v128.load_splat<f64>(x);
    a0 = f64x2.add(a0, f64x2.mul(s, wl));
    b0 = f64x2.add(b0, f64x2.mul(s, wr));
    s = v128.load_splat<f64>(x1);
    a1 = f64x2.add(a1, f64x2.mul(s, wl));
    b1 = f64x2.add(b1, f64x2.mul(s, wr));
    s = v128.load_splat<f64>(x2);
    a2 = f64x2.add(a2, f64x2.mul(s, wl));
    b2 = f64x2.add(b2, f64x2.mul(s, wr));
    s = v128.load_splat<f64>(x3);
    a3 = f64x2.add(a3, f64x2.mul(s, wl));
    b3 = f64x2.add(b3, f64x2.mul(s, wr));
  }
  v128.store(y, a0);
  v128.store(y, b0, 16);
  y += yPitch;
  v128.store(y, a1);
  v128.store(y, b1, 16);
  y += yPitch;
  v128.store(y, a2);
  v128.store(y, b2, 16);
  y += yPitch;
  v128.store(y, a3);
  v128.store(y, b3, 16);
}

/** For the rows left over and for single observations: wide, because four accumulators would wait for one another. */
function tile1x16(x: usize, w: usize, wPitch: usize, wStep: usize, b: usize, y: usize, xPitch: usize): void {
  let w1 = w + wStep,
    w2 = w1 + wStep,
    w3 = w2 + wStep;
  let a0 = v128.load(b),
    a1 = v128.load(b, 16),
    a2 = v128.load(b, 32),
    a3 = v128.load(b, 48);
  let a4 = v128.load(b, 64),
    a5 = v128.load(b, 80),
    a6 = v128.load(b, 96),
    a7 = v128.load(b, 112);
  const end = x + xPitch;
  for (; x < end; x += 8, w += wPitch, w1 += wPitch, w2 += wPitch, w3 += wPitch) {
    const s = v128.load_splat<f64>(x);
    a0 = f64x2.add(a0, f64x2.mul(s, v128.load(w)));
    a1 = f64x2.add(a1, f64x2.mul(s, v128.load(w, 16)));
    a2 = f64x2.add(a2, f64x2.mul(s, v128.load(w1)));
    a3 = f64x2.add(a3, f64x2.mul(s, v128.load(w1, 16)));
    a4 = f64x2.add(a4, f64x2.mul(s, v128.load(w2)));
    a5 = f64x2.add(a5, f64x2.mul(s, v128.load(w2, 16)));
    a6 = f64x2.add(a6, f64x2.mul(s, v128.load(w3)));
    a7 = f64x2.add(a7, f64x2.mul(s, v128.load(w3, 16)));
  }
  v128.store(y, a0);
  v128.store(y, a1, 16);
  v128.store(y, a2, 32);
  v128.store(y, a3, 48);
  v128.store(y, a4, 64);
  v128.store(y, a5, 80);
  v128.store(y, a6, 96);
  v128.store(y, a7, 112);
}
