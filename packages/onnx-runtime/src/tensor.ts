import { Tensor } from 'onnxruntime-node';

/** A dense tensor as plain data, row-major; it crosses threads by structured clone and names no runtime. */
export type TensorValue =
  | { readonly type: 'float32'; readonly dims: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'int64'; readonly dims: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'int32'; readonly dims: readonly number[]; readonly data: Int32Array };

/** Named tensors, as a session takes and returns them. */
export type TensorMap = Readonly<Record<string, TensorValue>>;

/** A float32 tensor of the given shape; throws a RangeError when the data does not fill it exactly. */
export function float32Tensor(data: Float32Array, dims: readonly number[]): TensorValue {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== data.length)
    throw new RangeError(`a tensor of shape [${dims.join(', ')}] needs ${size} values, got ${data.length}`);
  return { type: 'float32', dims, data };
}

/** The float32 data of one named tensor; throws when it is absent or of another type. */
export function float32Data(tensors: TensorMap, name: string): Float32Array {
  const tensor = tensors[name];
  if (tensor?.type !== 'float32') throw new TypeError(`expected a float32 tensor named ${name}`);
  return tensor.data;
}

export function toOrtFeeds(feeds: TensorMap): Record<string, Tensor> {
  const ortFeeds: Record<string, Tensor> = {};
  for (const [name, { type, data, dims }] of Object.entries(feeds)) {
    // The overloads of Tensor's constructor pair each type with its array; the union above guarantees the pair.
    ortFeeds[name] = new Tensor(type as 'float32', data as Float32Array, dims);
  }
  return ortFeeds;
}

export function fromOrtOutputs(outputs: Readonly<Record<string, Tensor>>): Record<string, TensorValue> {
  const values: Record<string, TensorValue> = {};
  for (const [name, tensor] of Object.entries(outputs)) values[name] = fromOrtTensor(name, tensor);
  return values;
}

function fromOrtTensor(name: string, tensor: Tensor): TensorValue {
  const { type, data, dims } = tensor;
  if (type === 'float32') return { type, dims, data: data as Float32Array };
  if (type === 'int64') return { type, dims, data: data as BigInt64Array };
  if (type === 'int32') return { type, dims, data: data as Int32Array };
  throw new TypeError(`output ${name} has the unsupported type ${type}`);
}
