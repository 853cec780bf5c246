export type {
  BlobContent,
  BlobListing,
  BlobStat,
  BlobStore,
  ByteRange,
  MultipartUploads,
  PresignedPost,
  PresignPostRequest,
  PutOptions,
  UploadedPart,
} from './blob-store.js';
export { BlobStoreError, type BlobStoreErrorCode } from './blob-store-error.js';
export { attachment } from './content-disposition.js';
export { blobKeys, isSha256Hex } from './keys.js';
export { MemoryBlobStore, type MemoryBlobStoreOptions } from './memory-blob-store.js';
export { MinioBlobStore } from './minio-blob-store.js';
export type { MinioBlobStoreOptions } from './minio-connection.js';
export { memoryHttp } from './memory-http.js';
export { networkHttp, type StorageAnswer, type StorageHttp, type StorageRequest } from './storage-http.js';
export { readRange } from './read-range.js';
export { unlessAbsent } from './unless-absent.js';
