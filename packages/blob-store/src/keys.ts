// Every object key of the platform is built here and nowhere else. The first segment is always the tenant, so that one
// prefix holds all that a tenant owns and no key can reach another tenant's objects.

const SHA256_HEX = /^[0-9a-f]{64}$/;
const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Whether a text is a SHA-256 digest as used in keys: 64 lower-case hex digits. */
export function isSha256Hex(text: string): boolean {
  return SHA256_HEX.test(text);
}

function sha(digest: string): string {
  if (!isSha256Hex(digest)) throw new RangeError(`not a SHA-256 in lower-case hex: ${digest}`);
  return digest;
}

function segment(id: string): string {
  if (!SEGMENT.test(id)) throw new RangeError(`not usable in an object key: ${JSON.stringify(id)}`);
  return id;
}

function fileName(name: string): string {
  if (!FILE_NAME.test(name)) throw new RangeError(`not usable as an object's file name: ${JSON.stringify(name)}`);
  return name;
}

function count(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a counter: ${value}`);
  return String(value);
}

/** One attempt of a worker at a durable job; `leaseEpoch` is the fencing token, so that a worker that lost its lease writes elsewhere. */
interface Fence {
  readonly tenantId: string;
  readonly leaseEpoch: number;
}

/** Builders of all object keys; each throws RangeError for a part that could leave its place (slashes, dots, wrong digests). */
export const blobKeys = {
  /** Everything one tenant owns. */
  tenantPrefix: (tenantId: string) => `${segment(tenantId)}/`,
  /** Staging place a client uploads to; never read by anyone but the service that confirms it. */
  upload: (tenantId: string, uploadId: string) => `${segment(tenantId)}/uploads/${segment(uploadId)}`,
  /** All staging objects of a tenant. */
  uploadsPrefix: (tenantId: string) => `${segment(tenantId)}/uploads/`,
  /** Original, canonical audio, peaks and features of one content. */
  contentPrefix: (tenantId: string, sha256: string) => `${segment(tenantId)}/${sha(sha256)}/`,
  /** The bytes the client sent; their SHA-256 is in the key. */
  original: (tenantId: string, sha256: string) => `${segment(tenantId)}/${sha(sha256)}/original`,
  /** Mono audio at the canonical rate. */
  canonicalAudio: (tenantId: string, sha256: string) => `${segment(tenantId)}/${sha(sha256)}/canonical-v1.wav`,
  /** Waveform peaks. */
  peaks: (tenantId: string, sha256: string) => `${segment(tenantId)}/${sha(sha256)}/peaks-v1`,
  /** Features computed by one feature specification (its SHA-256). */
  features: (tenantId: string, sha256: string, specHash: string) =>
    `${segment(tenantId)}/${sha(sha256)}/features/${sha(specHash)}`,
  /** A published annotation set's manifest, addressed by its own SHA-256. */
  manifest: (tenantId: string, sha256: string) => `${segment(tenantId)}/manifests/${sha(sha256)}.json`,
  /** All manifests of a tenant. */
  manifestsPrefix: (tenantId: string) => `${segment(tenantId)}/manifests/`,
  /** State of a training after one epoch. */
  checkpoint: ({ tenantId, jobId, epoch, leaseEpoch }: Fence & { jobId: string; epoch: number }) =>
    `${segment(tenantId)}/training/${segment(jobId)}/${count(epoch)}-${count(leaseEpoch)}.ckpt`,
  /** All checkpoints of one training. */
  checkpointsPrefix: (tenantId: string, jobId: string) => `${segment(tenantId)}/training/${segment(jobId)}/`,
  /** One file of a trained model, such as `model.onnx`. */
  modelArtefact: ({ tenantId, trainingJobId, leaseEpoch, name }: Fence & { trainingJobId: string; name: string }) =>
    `${segment(tenantId)}/models/${segment(trainingJobId)}/${count(leaseEpoch)}/${fileName(name)}`,
  /** All artefacts of the model of one training, of every lease. */
  modelPrefix: (tenantId: string, trainingJobId: string) => `${segment(tenantId)}/models/${segment(trainingJobId)}/`,
  /** Artefacts of all models of a tenant. */
  modelsPrefix: (tenantId: string) => `${segment(tenantId)}/models/`,
  /** Quantised scores of one file of an inference job. */
  scores: ({ tenantId, jobId, fileId, leaseEpoch }: Fence & { jobId: string; fileId: string }) =>
    `${segment(tenantId)}/inference/${segment(jobId)}/${segment(fileId)}/${count(leaseEpoch)}.scores`,
  /** All scores of one inference job. */
  scoresPrefix: (tenantId: string, jobId: string) => `${segment(tenantId)}/inference/${segment(jobId)}/`,
};
