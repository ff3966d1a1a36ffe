import { stream } from '../../envs/math/random.ts';
import { ascend, createAdam } from '../../src/optim/adam.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { initialParameters } from '../../src/policy/policy.ts';
import { backendGrid, weightsOf } from './backends.ts';
import { ceiling } from './ceiling.ts';
import { interleave, over, timed, timedOften } from './measure.ts';
import { backward, forward } from './naive.ts';
import type { Figure, Section } from './report.ts';
import { loadTensorflow, tensorflowStep } from './tensorflow.ts';

/** The shape that the bars are stated for. */
const widths = [20, 64, 64, 7];
const batches = [1, 64, 1024, 8192];
const barred = [1024, 8192];

/** A training step of the network: forward, vjp and Adam. */
export async function gradientSection(rounds: number): Promise<Section> {
  await loadTensorflow();
  const measured = batches.map((n) => stepsOf(n, rounds));
  const figures = measured.flatMap(({ n, kernels, tensorflow }): Figure[] => [
    {
      name: n === 1 ? '1 row' : `${n.toLocaleString('en-US')} rows`,
      unit: 'ms',
      samples: kernels,
      floor: { name: 'TensorFlow.js wasm, float32', samples: tensorflow },
      ratio: over(tensorflow, kernels),
      ...(barred.includes(n) && { bar: { of: 'ratio', is: 'at least', limit: 4.5 } }),
    },
  ]);
  const plain = measured.map(({ n, kernels, naive }): Figure => {
    const name = n === 1 ? '1 row' : `${n.toLocaleString('en-US')} rows`;
    return {
      name,
      unit: 'ms',
      samples: kernels,
      floor: { name: 'plain TypeScript', samples: naive },
      ratio: over(naive, kernels),
    };
  });
  return {
    name: 'gradient',
    title: `Gradient: forward, vjp and Adam of ${widths.join('-')}, float64, one thread`,
    figures: [...figures, ...plain, observation(rounds), await products(rounds)],
    grids: [largest(rounds), await backendGrid()],
    notes: ['The ratio says how many times as fast the kernels are.'],
  };
}

/** Milliseconds of one training step, three ways. */
function stepsOf(n: number, rounds: number) {
  const { theta, x, target } = problem(n);
  const own = ownStep(n);
  const plain = Float64Array.from(theta);
  const adam = createAdam(theta.length);
  const tensorflow = tensorflowStep(widths, theta, x, target);
  const samples = interleave(rounds, {
    kernels: () => timedOften(own),
    tensorflow: () => timedOften(() => tensorflow.step()),
    naive: () =>
      timedOften(() => {
        const layers = forward(widths, plain, x, n);
        const u = errorOf(layers[layers.length - 1], target, n);
        ascend(adam, plain, backward(widths, plain, layers, u), 1e-3);
      }),
  });
  tensorflow.close();
  return { n, ...samples };
}

/** A training step by the kernels. */
function ownStep(n: number): () => void {
  const { theta, x, target } = problem(n);
  const network = defaultBackend.network(widths);
  const adam = createAdam(theta.length);
  return () => {
    const u = errorOf(network.forward(theta, x, n), target, n);
    ascend(adam, theta, network.vjp(u), 1e-3);
  };
}

/** What acting costs: one observation through the network. */
function observation(rounds: number): Figure {
  const { theta, x, target } = problem(1);
  const network = defaultBackend.network(widths);
  const tensorflow = tensorflowStep(widths, theta, x, target);
  const us = (work: () => void) => 1000 * timedOften(work);
  const { kernels, floor } = interleave(rounds, {
    kernels: () => us(() => network.forward(theta, x, 1)),
    floor: () => us(() => tensorflow.forward()),
  });
  tensorflow.close();
  return {
    name: 'forward of one observation',
    unit: 'us',
    samples: kernels,
    floor: { name: 'TensorFlow.js wasm, float32', samples: floor },
    ratio: over(floor, kernels),
    bar: { of: 'value', is: 'at most', limit: 4 },
  };
}

/** What the kernels make of what the processor gives: matrix products alone, without tanh. */
async function products(rounds: number): Promise<Figure> {
  const most = await ceiling();
  const [n, width] = [1024, 64];
  const { theta, x, target } = problem(n, [width, width]);
  const network = defaultBackend.network([width, width]);
  const { kernels, floor } = interleave(rounds, {
    kernels: () => {
      const ms = timedOften(() => {
        network.forward(theta, x, n);
        network.vjp(target);
      });
      return (4 * n * width * width) / ms / 1e6;
    },
    floor: most,
  });
  return {
    name: 'matrix products alone, of 64 x 64',
    unit: 'GFLOP/s',
    samples: kernels,
    floor: { name: 'sums of products in registers', samples: floor },
    ratio: over(kernels, floor),
  };
}

/** Each pass by itself over the range of batches: time and memory grow with the rows and no faster. */
function largest(rounds: number) {
  const rows = [1, 10, 100, 1000, 10000, 100000].map((n) => {
    const { theta, x, target } = problem(n);
    const network = defaultBackend.network(widths);
    const v = theta.map((_, i) => 1 / (i + 1));
    const { forward, vjp, jvp } = interleave(n > 1e4 ? Math.min(rounds, 3) : rounds, {
      forward: () => often(n, () => network.forward(theta, x, n)),
      vjp: () => often(n, () => network.vjp(target)),
      jvp: () => often(n, () => network.jvp(v)),
    });
    const perRow = [forward, vjp, jvp].map(
      (samples) => (1e6 * samples.toSorted((a, b) => a - b)[samples.length >> 1]) / n,
    );
    return [n.toLocaleString('en-US'), ...perRow, gflops(perRow[0] + perRow[1])];
  });
  return {
    title: 'Passes by themselves, ns per row',
    heads: ['rows', 'forward', 'vjp', 'jvp', 'GFLOP/s of forward and vjp'],
    rows,
  };
}

function often(n: number, work: () => void): number {
  return n > 1e4 ? timed(work) : timedOften(work, 20);
}

/** Additions and multiplications of a forward and a backward pass, without tanh, over the time for a row in ns. */
function gflops(ns: number): number {
  const passes = 3 * weightsOf(widths) - widths[0] * widths[1];
  return (2 * passes) / ns;
}

function problem(n: number, shape = widths) {
  const random = stream(1, 'noise');
  const normal = (length: number) => Float64Array.from({ length }, () => random.normal());
  return {
    theta: initialParameters(shape, random, 1),
    x: normal(n * shape[0]),
    target: normal(n * shape[shape.length - 1]),
  };
}

function errorOf(y: Float64Array, target: Float64Array, n: number): Float64Array {
  const error = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) error[i] = (target[i] - y[i]) / n;
  return error;
}
