import { describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { requireMatch } from '@earmark/service-kit';
import { namingWarnings, removalWarnings, removedNames } from './artifact-type.js';
import { changeDataset, createDataset, deleteDataset } from './dataset.js';

const at = new Date('2026-11-20T10:00:00.000Z');
const later = new Date('2026-11-20T11:00:00.000Z');
const type = (name: string) => ({ name, description: null, color: '#FF0000' });
const { tenantId, datasetId } = exampleIds;

function newDataset() {
  const artifactTypes = [type('glitch'), type('long_pause')];
  return createDataset({ tenantId, name: 'TTS', description: null, artifactTypes }, { id: datasetId, at });
}

describe('a dataset', () => {
  it('starts at version 1 and says so', () => {
    const { next, facts } = newDataset();
    expect(next).toMatchObject({ version: 1, createdAt: at, updatedAt: at, deletedAt: null });
    expect(facts.map((fact) => [fact.name, fact.payload])).toEqual([
      ['catalog.dataset-created', { tenantId, datasetId, name: 'TTS', artifactTypes: ['glitch', 'long_pause'] }],
    ]);
  });

  it('changes only what is named', () => {
    const changed = changeDataset(newDataset().next, { description: 'English' }, later);
    expect(changed?.next).toMatchObject({ name: 'TTS', description: 'English', version: 2, createdAt: at, updatedAt: later });
    expect(changed?.facts.map((fact) => fact.name)).toEqual(['catalog.dataset-changed']);
  });

  it('stays as it is, without an event, when a change changes nothing', () => {
    const { next } = newDataset();
    expect(changeDataset(next, {}, later)).toBeNull();
    expect(changeDataset(next, { name: 'TTS', artifactTypes: [type('glitch'), type('long_pause')] }, later)).toBeNull();
  });

  it('is deleted by a tombstone', () => {
    const { next, facts } = deleteDataset(newDataset().next, later);
    expect(next).toMatchObject({ version: 2, deletedAt: later });
    expect(facts).toMatchObject([{ name: 'catalog.dataset-deleted', payload: { tenantId, datasetId } }]);
  });
});

describe('artifact types', () => {
  it('warn about names that are not of the recommended form, and only about these', () => {
    const warnings = namingWarnings(['glitch', 'long_pause2', 'Klick', '2nd', 'a-b', 'ü'].map(type));
    expect(warnings.map((warning) => warning.split('"')[1])).toEqual(['Klick', '2nd', 'a-b', 'ü']);
  });

  it('know which names a change removes, whatever the order', () => {
    expect(removedNames([type('a'), type('b'), type('c')], [type('c'), type('a'), type('d')])).toEqual(['b']);
  });

  it('say what a removal did, and nothing when nothing was removed', () => {
    expect(removalWarnings([], { invalidated: 3, staleSets: 1 })).toEqual([]);
    const warnings = removalWarnings(['b'], { invalidated: 3, staleSets: 1 });
    expect(warnings).toHaveLength(3);
    expect(warnings.join(' ')).toMatch(/"b".*3 annotation.*1 published/s);
    expect(removalWarnings(['b'], { invalidated: 0, staleSets: 0 })).toHaveLength(1);
  });
});

describe('If-Match', () => {
  it('lets through what matches, what was not sent and the star', () => {
    for (const ifMatch of [null, '*', '3']) expect(() => requireMatch(ifMatch, 3)).not.toThrow();
  });

  it('refuses another version', () => {
    expect(() => requireMatch('2', 3)).toThrow(expect.objectContaining({ code: 'precondition_failed' }));
  });
});
