import { encodeModel } from './encode-model.js';
import { int, ints, type AttributeValue, type OnnxNode, type OnnxTensor, type OnnxValue, type TensorData } from './model.js';

/** A dimension is a number, or a name when only the run knows it. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** A value in a graph under construction. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
}

type Attributes = Readonly<Record<string, AttributeValue>>;

export interface BuildOptions {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** "Until the end" for Slice. */
export const TO_END = 2 ** 31 - 1;

/** Collects nodes, constants and inputs, and writes them as an ONNX model. */
export class GraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: OnnxTensor[] = [];
  private readonly inputs: OnnxValue[] = [];
  private readonly constants = new Map<string, Value>();
  private counter = 0;

  constructor(private readonly graphName: string) {}

  /** Adds a float32 input. */
  input<S extends Shape>(name: string, shape: S): Value & { readonly shape: S } {
    this.inputs.push({ name, dims: shape });
    return { name, shape };
  }

  /** Adds a node of `outputCount` outputs; all are given `shape`, which is the caller's word. */
  nodeWithOutputs(op: string, inputs: readonly Value[], shape: Shape, outputCount: number, attributes: Attributes = {}): Value[] {
    const outputs = Array.from({ length: outputCount }, () => this.nextName(op));
    this.nodes.push({ op, inputs: inputs.map((value) => value.name), outputs, attributes });
    return outputs.map((name) => ({ name, shape }));
  }

  node(op: string, inputs: readonly Value[], shape: Shape, attributes: Attributes = {}): Value {
    const name = this.nextName(op);
    this.nodes.push({ op, inputs: inputs.map((value) => value.name), outputs: [name], attributes });
    return { name, shape };
  }

  constant(data: TensorData, dims: readonly number[]): Value {
    const name = this.nextName('const');
    this.initializers.push({ name, dims, data });
    return { name, shape: dims };
  }

  /** A float32 scalar constant; equal ones are shared. */
  scalar(value: number): Value {
    return this.shared(`float ${value}`, () => this.constant(Float32Array.of(value), []));
  }

  /** An int64 vector constant, for axes, shapes and bounds; equal ones are shared. */
  indices(values: readonly number[]): Value {
    return this.shared(`indices ${values.join()}`, () => this.constant(BigInt64Array.from(values, BigInt), [values.length]));
  }

  reshape(x: Value, shape: readonly number[], resultShape: Shape = shape): Value {
    return this.node('Reshape', [x, this.indices(shape)], resultShape);
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    const shape = permutation.map((axis) => x.shape[axis] as Dim);
    return this.node('Transpose', [x], shape, { perm: ints(permutation) });
  }

  /** `x[start:end:step]` along one axis; `resultShape` when the extent is not known from the bounds. */
  slice(x: Value, axis: number, start: number, end: number, step = 1, resultShape?: Shape): Value {
    const shape = resultShape ?? x.shape.map((dim, i) => (i === axis ? Math.ceil((end - start) / step) : dim));
    const bounds = [this.indices([start]), this.indices([end]), this.indices([axis]), this.indices([step])];
    return this.node('Slice', [x, ...bounds], shape);
  }

  /** Zero padding of one axis. */
  pad(x: Value, axis: number, before: number, after: number): Value {
    const rank = x.shape.length;
    const amounts = new Array<number>(2 * rank).fill(0);
    amounts[axis] = before;
    amounts[rank + axis] = after;
    const shape = x.shape.map((dim, i) => (i === axis && typeof dim === 'number' ? dim + before + after : dim));
    return this.node('Pad', [x, this.indices(amounts)], shape);
  }

  concat(parts: readonly Value[], axis: number): Value {
    const first = parts[0];
    if (!first) throw new RangeError('concat needs at least one part');
    const dims = parts.map((part) => part.shape[axis] as Dim);
    const total = dims.every((dim) => typeof dim === 'number') ? dims.reduce((sum, dim) => sum + dim, 0) : (dims[0] as Dim);
    return this.node(
      'Concat',
      parts,
      first.shape.map((dim, i) => (i === axis ? total : dim)),
      { axis: int(axis) },
    );
  }

  /** The ONNX file; outputs get the given names, whatever they were called inside. */
  build({ outputs, metadata = {} }: BuildOptions): Uint8Array {
    const renames = Object.entries(outputs).map(([name, value]): OnnxNode => ({
      op: 'Identity',
      inputs: [value.name],
      outputs: [name],
      attributes: {},
    }));
    return encodeModel({
      producerName: 'earmark',
      producerVersion: '0.1.0',
      metadata,
      graph: {
        name: this.graphName,
        nodes: [...this.nodes, ...renames],
        initializers: this.initializers,
        inputs: this.inputs,
        outputs: Object.entries(outputs).map(([name, value]) => ({ name, dims: value.shape })),
      },
    });
  }

  private shared(key: string, make: () => Value): Value {
    const known = this.constants.get(key);
    if (known) return known;
    const made = make();
    this.constants.set(key, made);
    return made;
  }

  private nextName(prefix: string): string {
    this.counter += 1;
    return `${prefix}_${this.counter}`;
  }
}
