import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { conditionalWrites } from './conformance/conditional-writes.js';
import { listingAndRemoval } from './conformance/listing-and-removal.js';
import { multipartUploads } from './conformance/multipart-uploads.js';
import { permissions } from './conformance/permissions.js';
import { readingAndWriting } from './conformance/reading-and-writing.js';
import type { BlobStoreHarness, Subject } from './conformance/subject.js';

export type { BlobStoreHarness } from './conformance/subject.js';

/**
 * Declares the tests that every {@link BlobStoreHarness.store} must pass, in a `describe` of that name.
 *
 * `open` is called once; all keys lie below one folder of the run, which is removed at the end.
 */
export function describeBlobStore(name: string, open: () => Promise<BlobStoreHarness>): void {
  describe(`${name} keeps the promises of BlobStore`, () => {
    const subject: Subject = { harness: undefined, folder: `conformance-${randomBytes(6).toString('hex')}/` };
    beforeAll(async () => {
      subject.harness = await open();
      await subject.harness.store.ensureBucket();
    });
    afterAll(async () => {
      await subject.harness?.store.removePrefix(subject.folder);
      await subject.harness?.close();
    });
    readingAndWriting(subject);
    conditionalWrites(subject);
    listingAndRemoval(subject);
    permissions(subject);
    multipartUploads(subject);
  });
}
