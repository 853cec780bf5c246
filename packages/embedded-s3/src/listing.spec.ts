import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareKeys, SortedKeys } from './key-order.js';
import { type ListingRequest, listPage } from './listing.js';
import type { ObjectRecord } from './state.js';

const record = (key: string): ObjectRecord => ({ key, etag: 'e', sizeBytes: 1, modifiedMs: 0, headers: {}, segments: [] });

function bucketOf(keys: readonly string[]) {
  const objects = new SortedKeys<ObjectRecord>();
  for (const key of keys) objects.set(key, record(key));
  return { objects };
}

/** The definition, without an index: what S3's reference says about prefix, delimiter and paging. */
function wholeListing(keys: readonly string[], prefix: string, delimiter: string): string[] {
  const names = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return at < 0 ? key : key.slice(0, at + delimiter.length);
    });
  return [...new Set(names)].sort(compareKeys);
}

function allPages(bucket: ReturnType<typeof bucketOf>, request: Omit<ListingRequest, 'after'>): string[] {
  const names: string[] = [];
  let after: string | null = '';
  while (after !== null) {
    const page = listPage(bucket, { ...request, after });
    const items = [...page.objects.map((object) => object.key), ...page.commonPrefixes].sort(compareKeys);
    expect(items.length).toBeLessThanOrEqual(request.maxKeys);
    names.push(...items);
    after = page.next;
  }
  return names;
}

describe('listPage', () => {
  it('shows every name once and in order, whatever the page size', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '0', '\u{1f600}', '\uffee'), minLength: 1, maxLength: 6 });
    const delimiter = fc.constantFrom('', '/', 'b/');
    fc.assert(
      fc.property(
        fc.uniqueArray(key),
        fc.string({ unit: fc.constantFrom('a', '/'), maxLength: 2 }),
        delimiter,
        fc.integer({ min: 1, max: 4 }),
        (keys, prefix, separator, maxKeys) => {
          const listed = allPages(bucketOf(keys), { prefix, delimiter: separator, maxKeys });
          expect(listed).toEqual(wholeListing(keys, prefix, separator));
        },
      ),
    );
  });

  it('starts behind a key that need not exist', () => {
    const page = listPage(bucketOf(['a', 'c', 'd']), { prefix: '', delimiter: '', after: 'b', maxKeys: 10 });
    expect(page.objects.map((object) => object.key)).toEqual(['c', 'd']);
    expect(page.next).toBeNull();
  });
});
