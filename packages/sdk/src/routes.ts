import * as catalog from '@earmark/contracts/catalog/routes';
import * as gateway from '@earmark/contracts/gateway/routes';
import * as inference from '@earmark/contracts/inference/routes';
import * as ingest from '@earmark/contracts/ingest/routes';
import * as registry from '@earmark/contracts/model-registry/routes';
import * as trainer from '@earmark/contracts/trainer/routes';

/** Routes that a client calls with JSON and that answer JSON or nothing: each becomes a method of the client, by its operation id. */
export const jsonRoutes = {
  createApiKey: gateway.createApiKey,
  listApiKeys: gateway.listApiKeys,
  revokeApiKey: gateway.revokeApiKey,

  createDataset: catalog.createDataset,
  listDatasets: catalog.listDatasets,
  readDataset: catalog.readDataset,
  changeDataset: catalog.changeDataset,
  deleteDataset: catalog.deleteDataset,
  createAnnotationSet: catalog.createAnnotationSet,
  listAnnotationSets: catalog.listAnnotationSets,
  readAnnotationSet: catalog.readAnnotationSet,
  deleteAnnotationSet: catalog.deleteAnnotationSet,
  publishAnnotationSet: catalog.publishAnnotationSet,
  listAnnotations: catalog.listAnnotations,
  createAnnotation: catalog.createAnnotation,
  createAnnotationsInBulk: catalog.createAnnotationsInBulk,
  changeAnnotation: catalog.changeAnnotation,
  deleteAnnotation: catalog.deleteAnnotation,
  markReviewed: catalog.markReviewed,

  createUpload: ingest.createUpload,
  confirmUpload: ingest.confirmUpload,
  listAudio: ingest.listAudio,
  readAudio: ingest.readAudio,
  deleteAudio: ingest.deleteAudio,
  readAudioDownload: ingest.readAudioDownload,

  createTrainingJob: trainer.createTrainingJob,
  listTrainingJobs: trainer.listTrainingJobs,
  readTrainingJob: trainer.readTrainingJob,
  cancelTrainingJob: trainer.cancelTrainingJob,

  listModels: registry.listModels,
  readModel: registry.readModel,
  changeModel: registry.changeModel,
  archiveModel: registry.archiveModel,

  createInferenceJob: inference.createInferenceJob,
  listInferenceJobs: inference.listInferenceJobs,
  readInferenceJob: inference.readInferenceJob,
  deleteInferenceJob: inference.deleteInferenceJob,
  cancelInferenceJob: inference.cancelInferenceJob,
  createInferenceUpload: inference.createInferenceUpload,
  confirmInferenceUpload: inference.confirmInferenceUpload,
  addDatasetAudio: inference.addDatasetAudio,
  listInferenceFiles: inference.listInferenceFiles,
  readInferenceFile: inference.readInferenceFile,
  listDetections: inference.listDetections,
  readInferenceDownload: inference.readInferenceDownload,
  rethreshold: inference.rethreshold,
} as const;

/** Routes that stream a stored file. */
export const objectRoutes = {
  readAudioPeaks: ingest.readAudioPeaks,
  readModelArtifact: registry.readModelArtifact,
} as const;

/** Routes with a method of their own. */
export const specialRoutes = { uploadAudio: ingest.uploadAudio, watchTrainingJob: trainer.watchTrainingJob } as const;
