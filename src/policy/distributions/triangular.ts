/** Lower triangular matrices L [n, n], row-major, and solutions of L x = b. */

/** x = L^-1 x for the columns of x [n, columns], in place. */
export function solve(l: Float64Array, x: Float64Array, columns: number): Float64Array {
  const n = Math.sqrt(l.length);
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < n; i++) {
      let sum = x[i * columns + c];
      for (let j = 0; j < i; j++) sum -= l[i * n + j] * x[j * columns + c];
      x[i * columns + c] = sum / l[i * n + i];
    }
  }
  return x;
}

/** x = L^-T x for the columns of x [n, columns], in place. */
export function solveTransposed(l: Float64Array, x: Float64Array, columns: number): Float64Array {
  const n = Math.sqrt(l.length);
  for (let c = 0; c < columns; c++) {
    for (let i = n - 1; i >= 0; i--) {
      let sum = x[i * columns + c];
      for (let j = i + 1; j < n; j++) sum -= l[j * n + i] * x[j * columns + c];
      x[i * columns + c] = sum / l[i * n + i];
    }
  }
  return x;
}

/** to += weight x x^T for x [n, columns] */
export function addOuter(to: Float64Array, x: Float64Array, columns: number, weight: number): void {
  const n = Math.sqrt(to.length);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let c = 0; c < columns; c++) to[i * n + j] += weight * x[i * columns + c] * x[j * columns + c];
    }
  }
}

/** |x|^2 */
export function squared(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value * value, 0);
}
