import { describe, expect, it } from '@jest/globals';
import { blobKeys, isSha256Hex } from './keys.js';

const sha = 'a1'.repeat(32);
const spec = 'b2'.repeat(32);
const id = '0198c1f2-7d3e-7c00-8000-000000000001';

describe('blobKeys', () => {
  it('builds every key of the platform', () => {
    const keys = [
      blobKeys.upload('t1', id),
      blobKeys.original('t1', sha),
      blobKeys.canonicalAudio('t1', sha),
      blobKeys.peaks('t1', sha),
      blobKeys.features('t1', sha, spec),
      blobKeys.manifest('t1', sha),
      blobKeys.checkpoint({ tenantId: 't1', jobId: id, epoch: 12, leaseEpoch: 3 }),
      blobKeys.modelArtefact({ tenantId: 't1', trainingJobId: id, leaseEpoch: 3, name: 'model.onnx' }),
      blobKeys.scores({ tenantId: 't1', jobId: id, fileId: id, leaseEpoch: 3 }),
    ];
    expect(keys).toEqual([
      `t1/uploads/${id}`,
      `t1/${sha}/original`,
      `t1/${sha}/canonical-v1.wav`,
      `t1/${sha}/peaks-v1`,
      `t1/${sha}/features/${spec}`,
      `t1/manifests/${sha}.json`,
      `t1/training/${id}/12-3.ckpt`,
      `t1/models/${id}/3/model.onnx`,
      `t1/inference/${id}/${id}/3.scores`,
    ]);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('builds folders that hold their keys and no neighbour’s', () => {
    expect(blobKeys.original('t1', sha).startsWith(blobKeys.contentPrefix('t1', sha))).toBe(true);
    expect(blobKeys.upload('t1', id).startsWith(blobKeys.uploadsPrefix('t1'))).toBe(true);
    expect(blobKeys.upload('t10', id).startsWith(blobKeys.tenantPrefix('t1'))).toBe(false);
    expect(blobKeys.checkpoint({ tenantId: 't1', jobId: `${id}2`, epoch: 1, leaseEpoch: 1 })).not.toContain(
      blobKeys.checkpointsPrefix('t1', id),
    );
    expect(blobKeys.modelPrefix('t1', id)).toBe(`t1/models/${id}/`);
    expect(blobKeys.modelPrefix('t1', id).startsWith(blobKeys.modelsPrefix('t1'))).toBe(true);
    expect(blobKeys.manifest('t1', sha).startsWith(blobKeys.manifestsPrefix('t1'))).toBe(true);
    expect(blobKeys.scoresPrefix('t1', id)).toBe(`t1/inference/${id}/`);
  });

  it.each(['', '..', 'a/b', '../t2', 'a b', 'ż', '.', '-a', 'a\n'])('refuses %j as an id', (bad) => {
    expect(() => blobKeys.upload('t1', bad)).toThrow(RangeError);
    expect(() => blobKeys.tenantPrefix(bad)).toThrow(RangeError);
    expect(() => blobKeys.modelArtefact({ tenantId: 't1', trainingJobId: id, leaseEpoch: 1, name: bad })).toThrow(RangeError);
  });

  it.each(['', 'abc', sha.toUpperCase(), `${sha}0`, `${sha.slice(1)}g`, `${sha}\n`])('refuses %j as a digest', (bad) => {
    expect(isSha256Hex(bad)).toBe(false);
    expect(() => blobKeys.original('t1', bad)).toThrow(RangeError);
    expect(() => blobKeys.features('t1', sha, bad)).toThrow(RangeError);
  });

  it.each([-1, 0.5, NaN, Infinity])('refuses %d as a counter', (bad) => {
    expect(() => blobKeys.checkpoint({ tenantId: 't1', jobId: id, epoch: bad, leaseEpoch: 1 })).toThrow(RangeError);
  });
});
