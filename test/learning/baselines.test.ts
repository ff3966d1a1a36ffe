import { describe, expect, it } from 'vitest';
import { baselines } from '../../src/baselines/index.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { numbers } from '../network/reference.ts';
import { hex, largestError } from './support.ts';

const [obsSize, n, horizon] = [3, 200, 10];
const x = numbers(1, n * obsSize, Math.sqrt(3));
const other = numbers(2, 50 * obsSize, Math.sqrt(3));
/** Time steps of `count` rows: whole episodes one after another, from a step on. */
const times = (count: number, from = 0) => Int32Array.from({ length: count }, (_, i) => (from + i) % horizon);
const t = times(n);
const row = (i: number) => x.subarray(i * obsSize, (i + 1) * obsSize);

/** Every monomial of up to second degree, products of unlike components too. */
const quadratic = Float64Array.from({ length: n }, (_, i) => {
  const [a, b, c] = row(i);
  return 2 - a + 0.5 * b * b + 1.5 * a * c - 0.7 * b * c + 0.3 * c * c;
});

const create = (name: string, seed = 0) =>
  baselines[name].create({ obsSize, horizon, hidden: [8], backend: defaultBackend, seed });

const meanSquare = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length;

describe.each(Object.keys(baselines))('baseline %s', (name) => {
  it('is registered under its own name', () => {
    expect(baselines[name].name).toBe(name);
  });

  it('is 0 at first', () => {
    expect(
      create(name)
        .predict(x, t)
        .every((b) => b === 0),
    ).toBe(true);
  });

  it('comes nearer to the returns by fitting, unless it has nothing to learn with', () => {
    const baseline = create(name);
    const before = meanSquare(baseline.predict(x, t), quadratic);
    baseline.fit(x, t, quadratic);
    const after = meanSquare(baseline.predict(x, t), quadratic);
    if (Object.keys(baseline.state).length) expect(after).toBeLessThan(0.9 * before);
    else expect(after).toBe(before);
  });

  it('judges a state by that state and its time alone, and does not learn from judging', () => {
    const baseline = create(name);
    baseline.fit(x, t, quadratic);
    const whole = baseline.predict(x, t).slice();
    baseline.predict(other, times(50));
    expect(hex(baseline.predict(x, t))).toBe(hex(whole));
    for (const i of [0, 17, n - 1]) expect(baseline.predict(row(i), times(1, i))[0]).toBe(whole[i]);
  });

  it('gives predictions that outlive the next call', () => {
    const baseline = create(name);
    baseline.fit(x, t, quadratic);
    const found = baseline.predict(x, t);
    const copy = hex(found);
    baseline.predict(other, times(50));
    baseline.predict(
      x.map((value) => -value),
      t,
    );
    expect(hex(found)).toBe(copy);
  });

  it('is restored by its state arrays, and then learns on as it would have', () => {
    const [baseline, restored] = [create(name), create(name, 9)];
    baseline.fit(x, t, quadratic);
    for (const [key, array] of Object.entries(baseline.state)) restored.state[key].set(array.slice());
    expect(hex(restored.predict(other, times(50)))).toBe(hex(baseline.predict(other, times(50))));
    const returns = numbers(3, 50);
    baseline.fit(other, times(50), returns);
    restored.fit(other, times(50), returns);
    expect(hex(restored.predict(x, t))).toBe(hex(baseline.predict(x, t)));
  });
});

describe('what the baselines can represent', () => {
  it('none: nothing, ever', () => {
    const none = create('none');
    none.fit(x, t, quadratic);
    expect(none.predict(x, t).every((b) => b === 0)).toBe(true);
  });

  it('mean: the mean of the last batch', () => {
    const mean = create('mean');
    mean.fit(x, t, quadratic);
    mean.fit(other.subarray(0, 9), times(3), Float64Array.of(1, 2, 6));
    expect(Array.from(mean.predict(x, times(2)))).toEqual([3, 3]);
  });

  it('per-step: the mean of every time step in the last batch; a step that nobody came to keeps what it had', () => {
    const perStep = create('per-step');
    const learn = (steps: number[], returns: number[]) =>
      perStep.fit(new Float64Array(3 * steps.length), Int32Array.from(steps), Float64Array.from(returns));
    // Episodes of three, two and one steps.
    learn([0, 1, 2, 0, 1, 0], [1, 10, 100, 4, 30, 7]);
    const all = Int32Array.from({ length: horizon }, (_, k) => k);
    const predicted = () => Array.from(perStep.predict(new Float64Array(3 * horizon), all));
    expect(predicted()).toEqual([4, 20, 100, ...new Array(horizon - 3).fill(0)]);
    learn([0, 1], [-2, -3]);
    expect(predicted()).toEqual([-2, -3, 100, ...new Array(horizon - 3).fill(0)]);
    // By the time that is asked for, in whatever order.
    expect(Array.from(perStep.predict(new Float64Array(9), Int32Array.of(2, 0, 1)))).toEqual([100, -2, -3]);
  });

  it('only per-step looks at the time', () => {
    const judged = Object.keys(baselines).filter((name) => {
      const baseline = create(name);
      baseline.fit(x, t, quadratic);
      return hex(baseline.predict(x, times(n, 1))) !== hex(baseline.predict(x, t));
    });
    expect(judged).toEqual(['per-step']);
  });

  it('only linear and value estimate the value of a state', () => {
    expect(Object.keys(baselines).filter((name) => create(name).isStateValue)).toEqual(['linear', 'value']);
  });

  it('linear: any quadratic function, to what the ridge takes off', () => {
    const linear = create('linear');
    linear.fit(x, t, quadratic);
    // The ridge is 1e-4 of the features' mean square; the least of their eigenvalues here is a tenth of that mean.
    const scale = Math.max(...quadratic.map(Math.abs));
    expect(largestError(linear.predict(x, t), quadratic)).toBeLessThan(2e-3 * scale);
  });

  it('value: a function that is no quadratic, with practice', () => {
    const value = create('value');
    const bent = Float64Array.from({ length: n }, (_, i) => Math.tanh(3 * row(i)[0]) + Math.tanh(2 * row(i)[1] - 1));
    for (let k = 0; k < 20; k++) value.fit(x, t, bent);
    const mean = bent.reduce((sum, y) => sum + y, 0) / n;
    expect(meanSquare(value.predict(x, t), bent)).toBeLessThan(0.1 * meanSquare(new Float64Array(n).fill(mean), bent));
  });
});
