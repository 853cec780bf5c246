import type { AttributeValue, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue, TensorData } from './model.js';
import { ProtoWriter } from './proto-writer.js';

const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** TensorProto.DataType */
export const DATA_TYPE = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const;
/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** The ONNX file of a model, opset 17; equal models give equal bytes. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new ProtoWriter()
    .int(1, IR_VERSION)
    .string(2, model.producerName)
    .string(3, model.producerVersion)
    .message(7, encodeGraph(model.graph))
    .message(8, new ProtoWriter().string(1, '').int(2, OPSET_VERSION));
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(14, new ProtoWriter().string(1, key).string(2, value));
  }
  return writer.finish();
}

function encodeGraph(graph: OnnxGraph): ProtoWriter {
  const writer = new ProtoWriter();
  for (const node of graph.nodes) writer.message(1, encodeNode(node));
  writer.string(2, graph.name);
  for (const tensor of graph.initializers) writer.message(5, encodeTensor(tensor));
  for (const value of graph.inputs) writer.message(11, encodeValue(value));
  for (const value of graph.outputs) writer.message(12, encodeValue(value));
  return writer;
}

function encodeNode(node: OnnxNode): ProtoWriter {
  const writer = new ProtoWriter();
  for (const name of node.inputs) writer.string(1, name);
  for (const name of node.outputs) writer.string(2, name);
  writer.string(3, node.outputs[0] ?? node.op).string(4, node.op);
  for (const [name, value] of Object.entries(node.attributes)) writer.message(5, encodeAttribute(name, value));
  return writer;
}

function encodeAttribute(name: string, attribute: AttributeValue): ProtoWriter {
  const writer = new ProtoWriter().string(1, name);
  switch (attribute.kind) {
    case 'float':
      return writer.float(2, attribute.value).int(20, ATTRIBUTE_TYPE.float);
    case 'int':
      return writer.int(3, attribute.value).int(20, ATTRIBUTE_TYPE.int);
    case 'string':
      return writer.string(4, attribute.value).int(20, ATTRIBUTE_TYPE.string);
    case 'ints':
      for (const value of attribute.value) writer.int(8, value);
      return writer.int(20, ATTRIBUTE_TYPE.ints);
  }
}

function encodeTensor({ name, dims, data }: OnnxTensor): ProtoWriter {
  const writer = new ProtoWriter();
  for (const dim of dims) writer.int(1, dim);
  return writer
    .int(2, dataTypeOf(data))
    .string(8, name)
    .bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function dataTypeOf(data: TensorData): number {
  if (data instanceof Float32Array) return DATA_TYPE.float;
  if (data instanceof BigInt64Array) return DATA_TYPE.int64;
  if (data instanceof Int32Array) return DATA_TYPE.int32;
  return data instanceof Int8Array ? DATA_TYPE.int8 : DATA_TYPE.uint8;
}

function encodeValue({ name, dims }: OnnxValue): ProtoWriter {
  const shape = new ProtoWriter();
  for (const dim of dims) {
    shape.message(1, typeof dim === 'string' ? new ProtoWriter().string(2, dim) : new ProtoWriter().int(1, dim));
  }
  const tensorType = new ProtoWriter().int(1, DATA_TYPE.float).message(2, shape);
  return new ProtoWriter().string(1, name).message(2, new ProtoWriter().message(1, tensorType));
}
