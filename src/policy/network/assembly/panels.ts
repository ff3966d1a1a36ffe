// Matrices in panels: four columns at a time, and of these one row after another, so that a pass down the rows of four
// columns reads memory in one line. In a wide matrix as it stands they lie kilobytes apart, in the same few places of a cache.

/** Numbers that a tile may reach past the end of a buffer. */
export const SLACK = 16;

/** Rows of so many numbers are far enough apart for folding to pay. */
export function isWide(columns: i32): bool {
  return columns > 64;
}

/** Numbers in a row of whole panels of four. */
export function rounded(columns: i32): i32 {
  return (columns + 3) & ~3;
}

/** Numbers in the panels of a matrix; there are as many panels as the widest tile reaches. */
export function panelNumbers(rows: i32, columns: i32): u64 {
  return <u64>rows * ((columns + 15) & ~15);
}

/** Bytes from one panel to the next. */
export function panelStep(rows: i32): usize {
  return (<usize>rows) << 5;
}

/** Folds four columns of rows that are `pitch` bytes apart. */
export function fold(from: usize, pitch: usize, to: usize, rows: i32): void {
  for (const end = to + ((<usize>rows) << 5); to < end; to += 32, from += pitch) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** Folds a matrix [rows, columns] into panels. Columns past the last hold whatever follows in memory. */
export function foldAll(from: usize, to: usize, rows: i32, columns: i32): void {
  const pitch = (<usize>columns) << 3;
  for (let j: usize = 0; j < pitch; j += 32, to += panelStep(rows)) fold(from + j, pitch, to, rows);
}

/** The same of the transpose of w [inputs, outputs]: panels of w^T [outputs, inputs]. */
export function foldTransposed(w: usize, to: usize, inputs: i32, outputs: i32): void {
  const step = panelStep(outputs);
  for (let i = 0; i < inputs; i++) {
    let at = to + (i >> 2) * step + ((<usize>(i & 3)) << 3);
    for (let j = 0; j < outputs; j++, w += 8, at += 32) store<f64>(at, load<f64>(w));
  }
}
