import { createHash } from 'node:crypto';
import { canonicalJson } from '@earmark/service-kit';
import type { ReadyFile } from './training-data.js';

/** SHA-256 (hex) of all that a training learns from: the published manifest and the content of every file it names. */
export function dataHashOf(manifestSha256: string, files: readonly Pick<ReadyFile, 'audioFileId' | 'sha256'>[]): string {
  const content = files.map(({ audioFileId, sha256 }) => ({ audioFileId, sha256 }));
  return createHash('sha256').update(canonicalJson({ manifestSha256, content })).digest('hex');
}
