import { describe, expect, it } from '@jest/globals';
import { encodeModel } from '../src/onnx/encode-model.js';
import { float, int, ints, type OnnxModel } from '../src/onnx/model.js';
import { readOnnxMetadata } from '../src/onnx/read-metadata.js';
import { readModel } from './support/onnx-schema.js';

const base64 = (data: ArrayBufferView): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');

const weights = Float32Array.of(0.5, -1, 3);
const bounds = BigInt64Array.of(-1n, 2n ** 40n);
const model: OnnxModel = {
  producerName: 'earmark',
  producerVersion: '9',
  metadata: { labels: '["Knacks","écho"]', empty: '' },
  graph: {
    name: 'g',
    nodes: [
      {
        op: 'Conv',
        inputs: ['x', 'w'],
        outputs: ['y'],
        attributes: {
          axis: int(-1),
          pads: ints([0, 300]),
          epsilon: float(0.25),
          mode: { kind: 'string', value: 'same' },
        },
      },
    ],
    initializers: [
      { name: 'w', dims: [3], data: weights },
      { name: 'bounds', dims: [2], data: bounds },
    ],
    inputs: [{ name: 'x', dims: ['batch', 200] }],
    outputs: [{ name: 'y', dims: [] }],
  },
};

describe('encodeModel', () => {
  it('writes what an independent reader reads back', () => {
    expect(readModel(encodeModel(model))).toMatchObject({
      ir_version: 8,
      producer_name: 'earmark',
      producer_version: '9',
      opset_import: [{ version: 17 }],
      metadata_props: [{ key: 'labels', value: '["Knacks","écho"]' }, { key: 'empty' }],
      graph: {
        name: 'g',
        node: [
          {
            op_type: 'Conv',
            input: ['x', 'w'],
            output: ['y'],
            attribute: [
              { name: 'axis', i: -1, type: 2 },
              { name: 'pads', ints: [0, 300], type: 7 },
              { name: 'epsilon', f: 0.25, type: 1 },
              { name: 'mode', s: Buffer.from('same').toString('base64'), type: 3 },
            ],
          },
        ],
        initializer: [
          { name: 'w', dims: [3], data_type: 1, raw_data: base64(weights) },
          { name: 'bounds', dims: [2], data_type: 7, raw_data: base64(bounds) },
        ],
        input: [
          {
            name: 'x',
            type: { tensor_type: { elem_type: 1, shape: { dim: [{ dim_param: 'batch' }, { dim_value: 200 }] } } },
          },
        ],
        output: [{ name: 'y', type: { tensor_type: { elem_type: 1 } } }],
      },
    });
  });

  it('gives equal bytes for equal models', () => {
    expect(encodeModel(structuredClone(model))).toEqual(encodeModel(model));
  });
});

describe('readOnnxMetadata', () => {
  it('reads the metadata without the graph', () => {
    expect(readOnnxMetadata(encodeModel(model))).toEqual(model.metadata);
  });

  it('refuses what is not a model', () => {
    expect(() => readOnnxMetadata(Uint8Array.of(0x72, 0x7f, 1))).toThrow('not an ONNX file');
    expect(() => readOnnxMetadata(Uint8Array.of(0xff, 0xff))).toThrow('not an ONNX file');
  });
});
