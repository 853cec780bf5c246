import { describeBlobStore } from '../../src/conformance.js';
import { MemoryBlobStore, memoryHttp } from '../../src/index.js';
import { harnessOver, startEmbedded } from '../embedded-harness.js';

describeBlobStore('MemoryBlobStore', async () => {
  const store = new MemoryBlobStore({ now: () => new Date(7_200_000) });
  const lateStore = new MemoryBlobStore({ now: () => new Date(3_600_000) });
  return { store, lateStore, http: memoryHttp(store), close: async () => undefined };
});

describeBlobStore('MinioBlobStore on the embedded server', async () => {
  const { options, stop } = await startEmbedded();
  return harnessOver(options, stop);
});

// Any real server: the MinIO workflow sets these; nothing is skipped elsewhere, the suite is simply not declared.
const endpoint = process.env['S3_CONFORMANCE_ENDPOINT'];
if (endpoint !== undefined && endpoint !== '') {
  const accessKey = process.env['S3_CONFORMANCE_ACCESS_KEY'] ?? 'minioadmin';
  const secretKey = process.env['S3_CONFORMANCE_SECRET_KEY'] ?? 'minioadmin';
  const bucket = process.env['S3_CONFORMANCE_BUCKET'] ?? 'earmark-conformance';
  describeBlobStore(`MinioBlobStore on ${endpoint}`, async () =>
    harnessOver({ endpoint, accessKey, secretKey, bucket }, async () => undefined),
  );
}
