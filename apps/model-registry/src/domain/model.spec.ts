import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { registerModel as contract } from '@earmark/contracts/model-registry/rpcs';
import { downloadOf } from './download.js';
import { archiveModel, changeModel, giveUpAliases, isModelId, registerModel, type ModelChange } from './model.js';

const at = new Date('2026-11-20T10:00:00.000Z');
const later = new Date('2026-11-20T11:00:00.000Z');
const id = '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0005';
const trained = contract.request.parse(contract.exampleRequest);
const registered = () => registerModel(trained, { id, at, datasetDeleted: false });
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('No problem was thrown.');
};

describe('a model', () => {
  it('is registered active, with the thresholds its training recommends', () => {
    const { next, facts } = registered();
    expect(next).toMatchObject({
      version: 1,
      isActive: true,
      thresholds: { glitch: 0.5 },
      aliases: [],
      name: null,
      archivedAt: null,
    });
    expect(facts).toMatchObject([
      { name: 'model-registry.model-created', payload: { modelId: id, artifactTypes: ['glitch'], f1Score: 0.85 } },
    ]);
  });

  it("is not registered with files outside the tenant's part of storage", () => {
    const foreign = { ...trained.artifacts.onnx, key: `${trained.tenantId}x/models/1/1/model.onnx` };
    const problem = problemOf(() =>
      registerModel({ ...trained, artifacts: { ...trained.artifacts, onnx: foreign } }, { id, at, datasetDeleted: false }),
    );
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map(({ loc }) => loc)).toEqual([['artifacts', 'onnx', 'key']]);
  });

  it('changes what is named, merges thresholds and sorts aliases', () => {
    const changed = changeModel(
      registered().next,
      { name: 'v2', thresholds: { glitch: 0.7 }, aliases: ['prod', 'best', 'prod'] },
      later,
    );
    expect(changed?.next).toMatchObject({
      name: 'v2',
      thresholds: { glitch: 0.7 },
      aliases: ['best', 'prod'],
      version: 2,
      updatedAt: later,
    });
    expect(changed?.facts.map(({ name }) => name)).toEqual(['model-registry.model-changed']);
    expect(changed?.next.manifest.thresholds).toEqual({ glitch: 0.5 });
  });

  it('stays as it is when a change changes nothing', () => {
    for (const change of [
      {},
      { name: null },
      { thresholds: { glitch: 0.5 } },
      { aliases: [] },
      { isActive: true },
    ] as ModelChange[])
      expect(changeModel(registered().next, change, later)).toBeNull();
  });

  it('refuses thresholds of types it does not know and aliases that look like an id', () => {
    const problem = problemOf(() =>
      changeModel(registered().next, { thresholds: { hum: 0.5 }, aliases: ['ok', 'a'.repeat(8) + id.slice(8)] }, at),
    );
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map(({ loc }) => loc)).toEqual([
      ['body', 'thresholds', 'hum'],
      ['body', 'aliases', 1],
    ]);
  });

  it('gives up what another model takes, and keeps the rest', () => {
    const { next } = registered();
    expect(giveUpAliases({ ...next, aliases: ['best', 'prod'] }, ['prod', 'new'], later).next).toMatchObject({
      aliases: ['best'],
      version: 2,
    });
  });

  it('is archived once, and then changes no more', () => {
    const { next, facts } = archiveModel(registered().next, later);
    expect(next).toMatchObject({ archivedAt: later, version: 2 });
    expect(facts.map(({ name }) => name)).toEqual(['model-registry.model-archived']);
    expect(problemOf(() => archiveModel(next, later)).code).toBe('model_not_found');
    expect(problemOf(() => changeModel(next, { name: 'x' }, later)).code).toBe('model_archived');
  });

  it('is told from an alias by its id', () => {
    expect([isModelId(id), isModelId('prod'), isModelId(id.slice(1))]).toEqual([true, false, false]);
  });
});

describe('a download', () => {
  it('has a name that every file system takes', () => {
    const model = { ...registered().next, name: ' Größe: ../../v2 "fast" ' };
    expect(downloadOf(model, 'onnx')).toEqual({
      object_key: trained.artifacts.onnx.key,
      content_type: 'application/octet-stream',
      filename: 'Gro-e-v2-fast-5a1c0005.onnx',
      size_bytes: 600_000,
      sha256: trained.artifacts.onnx.sha256,
    });
    expect(downloadOf({ ...model, name: '模型' }, 'card').filename).toBe('model-5a1c0005.card.md');
    expect(downloadOf({ ...model, name: null }, 'manifest').filename).toBe('model-5a1c0005.manifest.json');
  });

  it('ends when the files have been removed, not before', () => {
    const archived = archiveModel(registered().next, later).next;
    expect(downloadOf(archived, 'card').content_type).toContain('text/markdown');
    expect(problemOf(() => downloadOf({ ...archived, artefactsRemovedAt: later }, 'card')).code).toBe('model_archived');
  });
});
