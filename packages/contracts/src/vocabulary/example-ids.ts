/** Identifiers that every example of the documents uses, so that they read as one story. */
export const exampleIds = {
  tenantId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0000',
  datasetId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0001',
  audioFileId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0002',
  annotationSetId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0003',
  trainingJobId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0004',
  modelId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0005',
  inferenceJobId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0006',
  inferenceFileId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0007',
  apiKeyId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0008',
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
} as const;
