// One network per memory: `layer` for each layer, then `reserve` for a number of rows, then the passes. A pass is prepared once,
// then made for rows that begin with a chunk, or for some columns, in any order.

import { at, CHUNK, columns, count, grad, jv, product, scratchA, scratchB, theta, u, v, y, zeros } from './layout';
import { affine, affineOfPanels } from './matmul';
import { foldAll, foldTransposed, isWide } from './panels';
import { accumulate, clear, unitsOf, unpack } from './sums';
import { add, slope, tanh } from './tanh';

export {
  begin,
  CHUNK,
  grad,
  jv,
  layer,
  reserve,
  SLAB,
  theta,
  u,
  v,
  x,
  y,
} from './layout';

/** So few rows do not pay for folding a matrix into panels. */
const FEW = 16;

/** Where row r of a [n, O] array begins. */
function row(array: usize, r: i32): usize {
  return array + ((<usize>(r * at(count - 1).outputs)) << 3);
}

/** Before a forward pass of n rows. */
export function beforeForward(n: i32): void {
  for (let l = 0; l < count; l++) {
    if (isFolded(l, n)) foldAll(theta + at(l).offset, at(l).panels, at(l).inputs, at(l).outputs);
  }
}

/**
 * y = f(theta, x) for the rows [start, end) of n: h <- tanh(h W + b) through the hidden layers, h W + b through the
 * last.
 */
export function forward(n: i32, start: i32, end: i32): void {
  for (let r = start; r < end; r += CHUNK) {
    const rows = min(CHUNK, end - r);
    for (let l = 0; l < count; l++) {
      const it = at(l);
      const last = l === count - 1;
      const to = last ? scratchA : at(l + 1).from(r);
      through(l, n, it.from(r), theta + it.offset, it.panels, theta + it.bias, to, rows);
      if (last) memory.copy(row(y, r), to, (<usize>(rows * it.outputs)) << 3);
      else tanh(to, rows * it.outputs);
    }
  }
}

/** Whether a pass of n rows has the matrix of a layer in panels. */
function isFolded(l: i32, n: i32): bool {
  return n >= FEW && isWide(at(l).outputs);
}

/** to = from W + b. */
function through(l: i32, n: i32, from: usize, w: usize, panels: usize, b: usize, to: usize, rows: i32): void {
  const it = at(l);
  if (isFolded(l, n)) affineOfPanels(from, panels, b, to, rows, it.inputs, it.outputs);
  else affine(from, w, b, to, rows, it.inputs, it.outputs);
}

/** Before going back, once since the last `forward` or `jvp`. */
export function beforeVjp(): void {
  for (let l = 1; l < count; l++) foldTransposed(theta + at(l).offset, at(l).turned, at(l).inputs, at(l).outputs);
}

/**
 * What J^T u is made of, for the rows [start, end) of the slab that begins with row `slab`, from the last layer down:
 * d <- (d W^T) (1 - h^2).
 */
export function backward(slab: i32, start: i32, end: i32): void {
  for (let r = start; r < end; r += CHUNK) {
    const rows = min(CHUNK, end - r);
    let d = row(u, r);
    for (let l = count - 1; ; l--) {
      const it = at(l);
      foldAll(d, it.chunk(r - slab), rows, it.outputs);
      if (l === 0) break;
      const next = d === scratchA ? scratchB : scratchA;
      affineOfPanels(d, it.turned, zeros, next, rows, it.outputs, it.inputs);
      slope(next, it.from(r), rows * it.inputs);
      d = next;
    }
  }
}

/** The units of all layers. */
export function units(): i32 {
  let sum = 0;
  for (let l = 0; l < count; l++) sum += unitsOf(at(l).inputs);
  return sum;
}

/** A unit of J^T u for the rows [start, end) of a slab, after it has gone back: dW += h^T d, db += 1^T d, from 0 where it is `fresh`. */
export function sum(unit: i32, start: i32, end: i32, fresh: bool): void {
  let l = 0;
  for (; unit >= unitsOf(at(l).inputs); l++) unit -= unitsOf(at(l).inputs);
  const it = at(l);
  if (fresh) clear(it.sums, unit, it.inputs, it.outputs);
  for (let r = start; r < end; r += CHUNK) {
    accumulate(it.from(r), it.chunk(r - start), it.sums, unit, min(CHUNK, end - r), it.inputs, it.outputs, columns);
  }
}

/** grad = J^T u, once all rows of all units are summed. */
export function afterVjp(): void {
  for (let l = 0; l < count; l++) unpack(at(l).sums, grad + at(l).offset, at(l).inputs, at(l).outputs);
}

/** Before `jvp` of n rows. */
export function beforeJvp(n: i32): void {
  for (let l = 0; l < count; l++) {
    if (isFolded(l, n)) foldAll(v + at(l).offset, at(l).turned, at(l).inputs, at(l).outputs);
  }
}

/**
 * jv = J v at the last forward pass for the rows [start, end) of n: t <- (h dW + db + t W) (1 - h^2), without the slope in the
 * last layer.
 */
export function jvp(n: i32, start: i32, end: i32): void {
  for (let r = start; r < end; r += CHUNK) {
    const rows = min(CHUNK, end - r);
    let t: usize = 0;
    for (let l = 0; l < count; l++) {
      const it = at(l);
      const next = t === scratchA ? scratchB : scratchA;
      through(l, n, it.from(r), v + it.offset, it.turned, v + it.bias, next, rows);
      if (l > 0) {
        through(l, n, t, theta + it.offset, it.panels, zeros, product, rows);
        add(next, product, rows * it.outputs);
      }
      if (l < count - 1) slope(next, at(l + 1).from(r), rows * it.outputs);
      t = next;
    }
    memory.copy(row(jv, r), t, (<usize>(rows * at(count - 1).outputs)) << 3);
  }
}
