import { BlobStoreError } from './blob-store-error.js';
import { attachment } from './content-disposition.js';
import type { MemoryBlobStore } from './memory-blob-store.js';
import { readMemoryUrl } from './memory-url.js';
import type { StorageAnswer, StorageHttp, StorageRequest } from './storage-http.js';

/** Answers the `memory:` permissions of a {@link MemoryBlobStore} with the statuses of an S3 server. */
export function memoryHttp(store: MemoryBlobStore): StorageHttp {
  return async (url, request) => {
    const permission = readMemoryUrl(url);
    if (!permission || permission.get('method') !== request.method || store.isExpired(Number(permission.get('expires')))) {
      return answer(403);
    }
    try {
      return await perform(store, permission, request);
    } catch (error) {
      if (error instanceof BlobStoreError && error.code === 'not_found') return answer(404);
      throw error;
    }
  };
}

async function perform(store: MemoryBlobStore, permission: URLSearchParams, request: StorageRequest): Promise<StorageAnswer> {
  const key = permission.get('key') ?? '';
  switch (request.method) {
    case 'GET':
      return download(store, key, permission.get('filename'));
    case 'PUT':
      if (permission.has('size') && Number(permission.get('size')) !== request.bytes.length) return answer(403);
      return answer(200, { etag: `"${await upload(store, key, permission, request.bytes)}"` });
    case 'POST':
      return postForm(store, key, permission, request);
  }
}

async function download(store: MemoryBlobStore, key: string, filename: string | null): Promise<StorageAnswer> {
  const bytes = await store.getBytes(key, Number.MAX_SAFE_INTEGER);
  const contentType = (await store.stat(key))?.contentType ?? '';
  const disposition = filename === null ? {} : { 'content-disposition': attachment(filename) };
  return answer(200, { 'content-type': contentType, ...disposition }, bytes);
}

async function upload(store: MemoryBlobStore, key: string, permission: URLSearchParams, bytes: Uint8Array): Promise<string> {
  const uploadId = permission.get('uploadId');
  if (uploadId === null) return (await store.put(key, bytes, { contentType: 'application/octet-stream' })).etag;
  return store.multipart.receivePart({ key, uploadId, partNumber: Number(permission.get('partNumber')) }, Buffer.from(bytes));
}

async function postForm(
  store: MemoryBlobStore,
  key: string,
  permission: URLSearchParams,
  { fields, file }: Extract<StorageRequest, { method: 'POST' }>,
): Promise<StorageAnswer> {
  const pinned = JSON.parse(permission.get('fields') ?? '{}') as Record<string, string>;
  const names = new Set([...Object.keys(pinned), ...Object.keys(fields)]);
  if ([...names].some((name) => pinned[name] !== fields[name])) return answer(403);
  if (file.length < Number(permission.get('min')) || file.length > Number(permission.get('max'))) return answer(400);
  await store.put(key, file, { contentType: fields['Content-Type'] ?? 'application/octet-stream' });
  return answer(204);
}

function answer(status: number, headers: Record<string, string> = {}, bytes: Buffer = Buffer.alloc(0)): StorageAnswer {
  return { status, headers, bytes };
}
