import { width } from '../../envs/spec.ts';
import type { PolicyModel } from './model.ts';
import { onnxSchema } from './onnx-schema.ts';

/** Opset 13 is the first whose Clip, Split and Gemm are those of today; every runtime of the last years reads it. */
const [opset, irVersion] = [13, 7];

const float = 1;
const attributeInt = 2;

interface Node {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: readonly { readonly name: string; readonly i: number; readonly type: number }[];
}

interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

/** What protobufjs is used for; a user installs it. */
export interface Protobuf {
  Root: {
    fromJSON(schema: typeof onnxSchema): {
      lookupType(name: string): { fromObject(value: object): object; encode(value: object): { finish(): Uint8Array } };
    };
  };
}

/**
 * A policy as an ONNX model: `observation` [batch, O] to `action` [batch, A], the mean action within [-1, 1], and to `sigma`, the
 * deviations of the Gaussian [A], or [batch, A] where the state decides, or its Cholesky factor `scale_tril` [A, A].
 */
export function onnxOf(model: PolicyModel, { Root }: Protobuf): Uint8Array {
  const { nodes, tensors, spread } = graphOf(model);
  const type = Root.fromJSON(onnxSchema).lookupType('ModelProto');
  const { written_by: producer = '' } = model.about;
  const [O, A] = [model.normalizer.mean.length, width(model.action)];
  const value = (name: string, dims: readonly (number | string)[], docString: string) => ({
    name,
    docString,
    type: {
      tensorType: {
        elemType: float,
        shape: { dim: dims.map((dim) => (typeof dim === 'string' ? { dimParam: dim } : { dimValue: dim })) },
      },
    },
  });
  const content = {
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    producerName: producer.split(' ')[0],
    producerVersion: producer.split(' ')[1],
    docString: `A robot arm's policy: ${model.about.task ?? 'a task'} on ${model.about.arm ?? 'an arm'}`,
    metadataProps: Object.entries(model.about).map(([key, text]) => ({ key, value: text })),
    graph: {
      name: 'policy',
      node: nodes,
      initializer: tensors,
      input: [value('observation', ['batch', O], listed(model.observation))],
      output: [
        value('action', ['batch', A], listed(model.action)),
        value(spread.name, spread.dims, 'of the Gaussian around the mean action'),
      ],
    },
  };
  return type.encode(type.fromObject(content)).finish();
}

function listed(fields: PolicyModel['observation']): string {
  return fields.map(({ name, size, unit }) => `${name} [${size}]${unit ? ` ${unit}` : ''}`).join(', ');
}

interface Graph {
  readonly nodes: readonly Node[];
  readonly tensors: readonly Tensor[];
  readonly spread: { readonly name: string; readonly dims: readonly (number | string)[] };
}

function graphOf(model: PolicyModel): Graph {
  const [nodes, tensors]: [Node[], Tensor[]] = [[], []];
  const constant = (name: string, data: Float64Array | readonly number[], dims: readonly number[] = [data.length]) => {
    tensors.push({ name, dims, dataType: float, rawData: new Uint8Array(Float32Array.from(data).buffer) });
    return name;
  };
  const add = (opType: string, input: readonly string[], output: string, attribute?: Node['attribute']) => {
    nodes.push({ name: output, opType, input, output: [output], attribute });
    return output;
  };
  const y = network(model, normalized(model, constant, add), constant, add);
  const isOfState = model.distribution.scale === null;
  const A = width(model.action);
  if (isOfState) {
    const attribute = [{ name: 'axis', i: 1, type: attributeInt }];
    nodes.push({ name: 'split', opType: 'Split', input: [y], output: ['mean', 'log_sigma'], attribute });
  }
  const mean = isOfState ? 'mean' : y;
  const action = model.distribution.squashed ? add('Tanh', [mean], 'squashed') : mean;
  add('Clip', [action, constant('action_low', [-1], []), constant('action_high', [1], [])], 'action');
  return { nodes, tensors, spread: spread(model, A, constant, add) };
}

type Constant = (name: string, data: Float64Array | readonly number[], dims?: readonly number[]) => string;
type Add = (opType: string, input: readonly string[], output: string, attribute?: Node['attribute']) => string;

/**
 * A mean is subtracted in two parts, of which the first leaves the observation's own rounding alone: one float32 would move by some
 * deviations what hardly changes and is far from 0.
 */
function normalized({ normalizer }: PolicyModel, constant: Constant, add: Add): string {
  const { mean, deviation, clip } = normalizer;
  const rest = mean.map((value) => value - Math.fround(value));
  const coarse = add('Sub', ['observation', constant('observation_mean', mean)], 'less_mean');
  const fine = add('Sub', [coarse, constant('observation_mean_rest', rest)], 'less_rest_of_mean');
  const scaled = add('Div', [fine, constant('observation_deviation', deviation)], 'over_deviation');
  return add('Clip', [scaled, constant('clip_low', [-clip], []), constant('clip_high', [clip], [])], 'normalized');
}

function network({ layers }: PolicyModel, x: string, constant: Constant, add: Add): string {
  return layers.reduce((input, { name, inputs, outputs, weight, bias }, l) => {
    const parameters = [constant(`${name}.weight`, weight, [inputs, outputs]), constant(`${name}.bias`, bias)];
    const sum = add('Gemm', [input, ...parameters], `${name}.linear`);
    return l + 1 < layers.length ? add('Tanh', [sum], `${name}.tanh`) : sum;
  }, x);
}

function spread({ distribution }: PolicyModel, A: number, constant: Constant, add: Add): Graph['spread'] {
  const { scale } = distribution;
  if (!scale) {
    add('Exp', ['log_sigma'], 'sigma');
    return { name: 'sigma', dims: ['batch', A] };
  }
  const isFactor = scale.length > A;
  const [name, dims] = isFactor ? ['scale_tril', [A, A]] : ['sigma', [A]];
  add('Identity', [constant(`${name}_learned`, scale, dims)], name);
  return { name, dims };
}
