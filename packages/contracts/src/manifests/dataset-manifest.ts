import { z } from 'zod';
import { PositionMs, Sha256, UnitInterval, Uuid } from '../vocabulary/values.js';

/** One file of a published annotation set. */
export const ManifestFile = z.object({
  audioFileId: Uuid,
  originalFilename: z.string(),
  /** Files of one group (speaker or source) never stand on both sides of a split. Null: the file is its own group. */
  group: z.string().nullable(),
  annotations: z.array(z.object({ artifactType: z.string(), startMs: PositionMs, endMs: PositionMs, confidence: UnitInterval })),
});

/**
 * What a published annotation set froze: the specification that travels with a dataset version. Its hash (SHA-256 of the canonical JSON)
 * names the object it is stored as. Files and annotations are sorted by id and by start, so equal content has an equal hash.
 */
export const DatasetManifest = z.object({
  manifestVersion: z.literal(1),
  tenantId: Uuid,
  datasetId: Uuid,
  annotationSetId: Uuid,
  annotationSetVersion: z.number().int().positive(),
  artifactTypes: z.array(z.string()),
  files: z.array(ManifestFile),
});
export type DatasetManifest = z.output<typeof DatasetManifest>;

/** What identifies a file's content in a data hash: annotations of the manifest plus the content the trainer read. */
export const ManifestContent = z.object({ audioFileId: Uuid, sha256: Sha256 });
