import { FileError } from '../../envs/recording/errors.ts';
import type { DataOf, DType, Tensor } from '../../envs/recording/safetensors.ts';
import type { Format, Unsealed } from '../../envs/recording/sealed.ts';
import type { Distribution } from './distributions/types.ts';
import type { Widths } from './network/types.ts';
import type { Policy } from './policy.ts';

/** The version of a run's config.json and of policies alike; both are still read as versions 2 and 3 wrote them. */
export const runVersion = 4;
export const oldestRunVersion = 2;

export const policyFormat: Format = {
  name: 'armature.policy',
  version: runVersion,
  oldest: oldestRunVersion,
  noun: 'a policy file',
};

type Shared = Pick<Distribution, 'actions' | 'shared'>;
type Tensors = Readonly<Record<string, Tensor>>;

/** No policy that has learned something has numbers of this size; sums of their products are still finite. */
const most = 1e100;
/** What the names of the tensors of earlier episodes begin with. A state there may have no value, which is NaN. */
export const past = 'history.';
const mayBeNaN = `${past}value`;

/**
 * @param file the file's name, for messages
 * @throws FileError that names the first number of a policy file that can be no policy's, by tensor and index
 */
export function checkNumbers(tensors: Tensors, file: string): void {
  for (const [name, { dtype, data }] of Object.entries(tensors)) {
    if (name === 'observations.count') checkRange(name, Array.from(data, Number), [0, Number.MAX_SAFE_INTEGER], file);
    if ((dtype !== 'F64' && dtype !== 'F32') || name === mayBeNaN) continue;
    const isPositive = name === 'observations.squares';
    checkRange(name, data as Float64Array | Float32Array, [isPositive ? 0 : -most, most], file);
  }
}

/**
 * Theta in named parts, each with its shape: the weights [inputs, outputs] and biases of the layers, then what all states share of the
 * action distribution, log sigma [A] and of a full covariance the rows of its Cholesky factor below the diagonal.
 */
function partsOf(widths: Widths, { actions, shared }: Shared): [name: string, shape: readonly number[]][] {
  const layers = widths.slice(1).flatMap((outputs, l): [string, readonly number[]][] => [
    [`network.${l}.weight`, [widths[l], outputs]],
    [`network.${l}.bias`, [outputs]],
  ]);
  if (!shared) return layers;
  return shared > actions
    ? [...layers, ['log_sigma', [actions]], ['lower_triangle', [shared - actions]]]
    : [...layers, ['log_sigma', [actions]]];
}

/** What a policy has learned, by names that other programs understand: `network.0.weight` [inputs, outputs] and so on. */
export function parameterTensors({ widths, distribution }: Policy, theta: Float64Array): Record<string, Tensor> {
  let at = 0;
  const entries = partsOf(widths, distribution).map(([name, shape]): [string, Tensor] => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    at += size;
    return [name, { dtype: 'F64', shape, data: Float64Array.from(theta.subarray(at - size, at)) }];
  });
  return Object.fromEntries(entries);
}

/** What a file holds, and the version that wrote it. */
type Content = Pick<Unsealed, 'tensors' | 'version'>;

/** Versions 2 and 3 had all parameters in one tensor. */
function hasTheta({ version }: Content): boolean {
  return version < 4;
}

/**
 * Theta of a policy whose network has these widths.
 * @throws FileError unless each part is there, as long as it has to be
 */
export function thetaIn(content: Content, widths: Widths, distribution: Shared, file: string): Float64Array {
  const { tensors } = content;
  const parts = partsOf(widths, distribution);
  const sizes = parts.map(([, shape]) => shape.reduce((product, extent) => product * extent, 1));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (hasTheta(content)) return dataOf(tensors, 'theta', 'F64', file, total);
  const found = parts.map(([name, shape], k) => {
    const data = dataOf(tensors, name, 'F64', file, sizes[k]);
    if (String(tensors[name].shape) === String(shape)) return data;
    const [expected, other] = [shape, tensors[name].shape].map((extents) => `[${extents.join(', ')}]`);
    throw new FileError('inconsistent', file, { place: `tensor ${name}`, expected, found: other });
  });
  const theta = new Float64Array(total);
  let at = 0;
  for (const data of found) {
    theta.set(data, at);
    at += data.length;
  }
  return theta;
}

/**
 * Checks the spread that all states share.
 * @throws FileError that names the first whose sigma is 0 or infinite
 */
export function checkSpread({ distribution }: Policy, theta: Float64Array, content: Content, file: string): void {
  const { actions, outputs, shared } = distribution;
  if (!shared) return;
  const first = theta.length - shared;
  const scale = distribution.scale(new Float64Array(outputs), theta.subarray(first), 1);
  for (let j = 0; j < actions; j++) {
    const sigma = scale[scale.length > actions ? j * (actions + 1) : j];
    if (sigma > 0 && Number.isFinite(sigma)) continue;
    throw new FileError('inconsistent', file, {
      place: `tensor ${hasTheta(content) ? `theta[${first + j}]` : `log_sigma[${j}]`}`,
      expected: 'a log sigma',
      found: String(theta[first + j]),
    });
  }
}

function checkRange(
  name: string,
  numbers: ArrayLike<number>,
  [low, high]: readonly [number, number],
  file: string,
): void {
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] >= low && numbers[i] <= high) continue;
    throw new FileError('inconsistent', file, {
      place: `tensor ${name}[${i}]`,
      expected: `a number from ${low} to ${high}`,
      found: String(numbers[i]),
    });
  }
}

/**
 * The numbers of a tensor that has to be there, of this type and length; of any length where none is given.
 * @throws FileError that names the tensor, what was expected and what was found
 */
export function dataOf<D extends DType>(
  tensors: Tensors,
  name: string,
  dtype: D,
  file: string,
  length?: number,
): DataOf<D> {
  const found: Tensor | undefined = tensors[name];
  if (found?.dtype === dtype && (length === undefined || found.data.length === length)) return found.data as DataOf<D>;
  throw new FileError('inconsistent', file, {
    place: `tensor ${name}`,
    expected: length === undefined ? dtype : `${dtype} [${length}]`,
    found: found ? `${found.dtype} [${found.shape.join(', ')}]` : 'none',
  });
}
