import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { allEvents, allJobs, allRpcs } from '../catalogue.js';
import { asyncApiDocument } from './asyncapi.js';

const require = createRequire(import.meta.url);
const specification = JSON.parse(
  readFileSync(require.resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json'), 'utf8'),
) as object;

describe('the AsyncAPI document', () => {
  const document = asyncApiDocument();

  it('is valid AsyncAPI 3', () => {
    const validate = new Ajv({ strict: false, allErrors: false, validateFormats: false }).compile(specification);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('has a channel for every subject', () => {
    const channels = Object.values(document.channels as unknown as Record<string, { address: string | null }>);
    const subjects = [
      ...allEvents.map((event) => event.subject),
      ...allJobs.flatMap((job) => job.subjects),
      ...allRpcs.map((rpc) => rpc.subject),
    ];
    expect(channels.flatMap(({ address }) => (address === null ? [] : [address])).sort()).toEqual(subjects.sort());
  });

  it('has references that lead somewhere', () => {
    const text = JSON.stringify(document);
    for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = (pointer ?? '').split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document);
      expect(found).toBeDefined();
    }
  });
});
