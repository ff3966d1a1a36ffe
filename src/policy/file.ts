import { FileError } from '../../envs/recording/errors.ts';
import type { DataOf, DType, Tensor } from '../../envs/recording/safetensors.ts';
import type { Format } from '../../envs/recording/sealed.ts';
import type { Distribution } from './distributions/types.ts';

/** The version of a run's config.json and of policies alike; both are still read as version 2 wrote them. */
export const runVersion = 3;
export const oldestRunVersion = 2;

export const policyFormat: Format = {
  name: 'armature.policy',
  version: runVersion,
  oldest: oldestRunVersion,
  noun: 'a policy file',
};

/** No policy that has learned something has numbers of this size; sums of their products are still finite. */
const most = 1e100;
/** What the names of the tensors of earlier episodes begin with. A state there may have no value, which is NaN. */
export const past = 'history.';
const mayBeNaN = `${past}value`;

/**
 * @param file the file's name, for messages
 * @throws FileError that names the first number of a policy file that can be no policy's, by tensor and index
 */
export function checkNumbers(tensors: Readonly<Record<string, Tensor>>, file: string): void {
  for (const [name, { dtype, data }] of Object.entries(tensors)) {
    if (name === 'observations.count') checkRange(name, Array.from(data, Number), [0, Number.MAX_SAFE_INTEGER], file);
    if ((dtype !== 'F64' && dtype !== 'F32') || name === mayBeNaN) continue;
    const isPositive = name === 'observations.squares';
    checkRange(name, data as Float64Array | Float32Array, [isPositive ? 0 : -most, most], file);
  }
}

/**
 * Checks the spread that all states share: log sigma comes first among the distribution's own parameters, which end theta.
 * @throws FileError that names the first whose sigma is 0 or infinite
 */
export function checkSpread(distribution: Distribution, theta: Float64Array, file: string): void {
  const { actions, outputs, shared } = distribution;
  if (!shared) return;
  const first = theta.length - shared;
  const scale = distribution.scale(new Float64Array(outputs), theta.subarray(first), 1);
  for (let j = 0; j < actions; j++) {
    const sigma = scale[scale.length > actions ? j * (actions + 1) : j];
    if (sigma > 0 && Number.isFinite(sigma)) continue;
    throw new FileError('inconsistent', file, {
      place: `tensor theta[${first + j}]`,
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
  tensors: Readonly<Record<string, Tensor>>,
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
