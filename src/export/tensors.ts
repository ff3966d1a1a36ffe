import { encodeSafetensors, type Tensor } from '../../envs/recording/safetensors.ts';
import type { PolicyModel } from './model.ts';

/**
 * A policy as named tensors, float64 as it was trained: `normalizer.mean`, `normalizer.deviation` [O]; `network.0.weight`
 * [inputs, outputs], `network.0.bias` [outputs] and so on; `sigma` [A] or `scale_tril` [A, A] unless the state decides.
 */
export function tensorsOf({ normalizer, layers, distribution, about }: PolicyModel): Uint8Array {
  const of = (data: Float64Array, shape: readonly number[] = [data.length]): Tensor => ({
    dtype: 'F64',
    shape,
    data: Float64Array.from(data),
  });
  const { scale } = distribution;
  const actions = layers[layers.length - 1].outputs;
  const tensors: Record<string, Tensor> = {
    'normalizer.mean': of(normalizer.mean),
    'normalizer.deviation': of(normalizer.deviation),
    ...Object.fromEntries(
      layers.flatMap(({ name, inputs, outputs, weight, bias }) => [
        [`${name}.weight`, of(weight, [inputs, outputs])],
        [`${name}.bias`, of(bias)],
      ]),
    ),
    ...(scale && (scale.length > actions ? { scale_tril: of(scale, [actions, actions]) } : { sigma: of(scale) })),
  };
  const facts = { distribution: distribution.family, normalizer_clip: String(normalizer.clip) };
  return encodeSafetensors(tensors, { format: 'armature.policy.tensors', ...facts, ...about });
}
