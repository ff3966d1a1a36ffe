/** A network [I, H, H, O] with tanh, its gradient and nothing clever: three nested loops per product, as one first writes it. */
export interface NaiveStep {
  /** One step of Adam on the mean squared error of x [n, I] against target [n, O]. */
  step(): void;
}

const tanh = Math.tanh;

export function forward(widths: readonly number[], theta: Float64Array, x: Float64Array, n: number): Float64Array[] {
  const layers = [x];
  let offset = 0;
  for (let l = 0; l + 1 < widths.length; l++) {
    const [inputs, outputs] = [widths[l], widths[l + 1]];
    const y = new Float64Array(n * outputs);
    const bias = offset + inputs * outputs;
    for (let r = 0; r < n; r++) {
      for (let j = 0; j < outputs; j++) {
        let sum = theta[bias + j];
        for (let i = 0; i < inputs; i++) sum += layers[l][r * inputs + i] * theta[offset + i * outputs + j];
        y[r * outputs + j] = l + 2 < widths.length ? tanh(sum) : sum;
      }
    }
    layers.push(y);
    offset = bias + outputs;
  }
  return layers;
}

/** J^T u [P] */
export function backward(
  widths: readonly number[],
  theta: Float64Array,
  layers: readonly Float64Array[],
  u: Float64Array,
): Float64Array {
  const gradient = new Float64Array(theta.length);
  let offset = theta.length;
  let d = u;
  for (let l = widths.length - 2; l >= 0; l--) {
    const [inputs, outputs] = [widths[l], widths[l + 1]];
    const bias = offset - outputs;
    offset = bias - inputs * outputs;
    const x = layers[l];
    const n = d.length / outputs;
    const next = new Float64Array(n * inputs);
    for (let r = 0; r < n; r++) {
      for (let j = 0; j < outputs; j++) gradient[bias + j] += d[r * outputs + j];
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let j = 0; j < outputs; j++) {
          gradient[offset + i * outputs + j] += x[r * inputs + i] * d[r * outputs + j];
          sum += d[r * outputs + j] * theta[offset + i * outputs + j];
        }
        next[r * inputs + i] = sum * (1 - x[r * inputs + i] ** 2);
      }
    }
    d = next;
  }
  return gradient;
}
