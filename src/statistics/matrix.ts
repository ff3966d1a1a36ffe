/** Small matrices as rows, for problems that are solved in closed form. */
export type Matrix = readonly (readonly number[])[];

/** |a - b| */
export function distance(a: Float64Array, b: Float64Array): number {
  return length(a.map((value, i) => value - b[i]));
}

/** |a| */
export function length(a: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value) => sum + value * value, 0));
}

/** M v */
export function apply(m: Matrix, v: Float64Array): Float64Array {
  return Float64Array.from(m, (row) => row.reduce((sum, value, j) => sum + value * v[j], 0));
}

/** A B C .., from the right */
export function multiply(...factors: Matrix[]): Matrix {
  return factors.reduceRight((b, a) =>
    a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0))),
  );
}

export function transpose(a: Matrix): number[][] {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

/** A + w B */
export function add(a: Matrix, b: Matrix, w = 1): number[][] {
  return a.map((row, i) => row.map((value, j) => value + w * b[i][j]));
}

export function scale(a: Matrix, w: number): number[][] {
  return a.map((row) => row.map((value) => w * value));
}

export function zeros(rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
}

export function trace(a: Matrix): number {
  return a.reduce((sum, row, i) => sum + row[i], 0);
}

/** Solves A x = b by elimination with partial pivoting. */
export function solve(a: Matrix, b: ArrayLike<number>): number[] {
  const n = a.length;
  const rows = a.map((row, i) => [...row, b[i]]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i][k]) > Math.abs(rows[pivot][k])) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i--) {
    let sum = rows[i][n];
    for (let j = i + 1; j < n; j++) sum -= rows[i][j] * x[j];
    x[i] = sum / rows[i][i];
  }
  return x;
}

/** The largest eigenvalue of a symmetric positive semidefinite matrix [n, n], by power iteration on its square powers. */
export function largestEigenvalue(a: Matrix): number {
  // Squaring 12 times is 4096 steps of power iteration; the trace normalises and, for A^(2^k), tends to 1.
  let power: Matrix = scale(a, 1 / trace(a));
  for (let k = 0; k < 12; k++) {
    const squared = multiply(power, power);
    power = scale(squared, 1 / trace(squared));
  }
  return trace(multiply(a, power));
}

/** Ratio of the largest and the smallest eigenvalue; the smallest as what the largest one less A has at most. */
export function condition(a: Matrix): number {
  const largest = largestEigenvalue(a);
  const rest = a.map((row, i) => row.map((value, j) => (i === j ? largest : 0) - value));
  return largest / (largest - largestEigenvalue(rest));
}
