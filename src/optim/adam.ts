/** Adam (Kingma and Ba 2015), ascending: theta += alpha m_hat / (sqrt(v_hat) + epsilon). */
export interface Adam {
  /** First and second moments of the gradient [P]. */
  readonly m: Float64Array;
  readonly v: Float64Array;
  /** beta1^k and beta2^k as running products: equal in every engine, as powers are not [2]. */
  readonly powers: Float64Array;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export function createAdam(size: number): Adam {
  return { m: new Float64Array(size), v: new Float64Array(size), powers: Float64Array.of(1, 1) };
}

/** Moves theta [P] up the gradient [P], in place. */
export function ascend(adam: Adam, theta: Float64Array, gradient: Float64Array, alpha: number): void {
  const { m, v, powers } = adam;
  powers[0] *= beta1;
  powers[1] *= beta2;
  for (let i = 0; i < theta.length; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * gradient[i];
    v[i] = beta2 * v[i] + (1 - beta2) * gradient[i] * gradient[i];
    const first = m[i] / (1 - powers[0]);
    const second = v[i] / (1 - powers[1]);
    theta[i] += (alpha * first) / (Math.sqrt(second) + epsilon);
  }
}
