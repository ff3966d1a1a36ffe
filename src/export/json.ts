import type { PolicyModel } from './model.ts';

/** A policy as JSON that can be read: a line for each row of a matrix, and weights to the nine digits of a float32. */
export function jsonOf({ observation, action, normalizer, layers, distribution, about }: PolicyModel): string {
  const { observation_fields: _, action_fields: __, controller, joints, task_options, ...facts } = about;
  const { mean, deviation, clip } = normalizer;
  const content = {
    format: 'armature.policy.json',
    version: 1,
    about: {
      ...facts,
      ...(joints && { joints: JSON.parse(joints) }),
      ...(task_options && { task_options: JSON.parse(task_options) }),
      ...(controller && { controller: JSON.parse(controller) }),
    },
    observation,
    action,
    normalizer: { mean: Array.from(mean), deviation: Array.from(deviation), clip },
    network: layers.map(({ inputs, outputs, weight, bias }, l) => ({
      weight: Array.from({ length: inputs }, (_, i) => rounded(weight.subarray(i * outputs, (i + 1) * outputs))),
      bias: rounded(bias),
      activation: l + 1 < layers.length ? 'tanh' : 'none',
    })),
    distribution: { ...distribution, scale: distribution.scale && rounded(distribution.scale) },
  };
  return `${readable(content, '')}\n`;
}

const rounded = (numbers: Float64Array) => Array.from(numbers, (value) => Number(value.toPrecision(9)));

/** JSON by indented lines, with what holds no objects and lists on one of its own. */
function readable(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null || Object.values(value).every(isPlain)) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const within = `${indent}  `;
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .map(([key, part]) => `${Array.isArray(value) ? '' : `${JSON.stringify(key)}: `}${readable(part, within)}`);
  return `${open}\n${within}${parts.join(`,\n${within}`)}\n${indent}${close}`;
}

const isPlain = (value: unknown) => typeof value !== 'object' || value === null;
