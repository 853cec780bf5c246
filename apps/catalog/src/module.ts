import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { catalogEnv, type CatalogConfig } from './config.js';
import { AnnotationSetRoutes } from './inbound/annotation-set.routes.js';
import { AnnotationRoutes } from './inbound/annotation.routes.js';
import { CatalogEvents } from './inbound/audio.events.js';
import { AudioRoutes } from './inbound/audio.routes.js';
import { CatalogRpcs } from './inbound/dataset.rpcs.js';
import { DatasetRoutes } from './inbound/dataset.routes.js';
import { DeletionTasks } from './inbound/deletion.tasks.js';
import { UploadRpcs } from './inbound/upload.rpcs.js';
import { RpcAudioHandover } from './outbound/audio-handover.js';
import { BlobManifestStore } from './outbound/blob-manifest.js';
import { PrismaAnnotationSetStore } from './outbound/prisma-annotation-set.js';
import { PrismaAnnotationStore } from './outbound/prisma-annotation.js';
import { PrismaDatasetStore } from './outbound/prisma-dataset.js';
import { PrismaSetPinStore } from './outbound/prisma-set-pin.js';
import { PrismaTombstoneStore } from './outbound/prisma-tombstone.js';
import { RpcAudioDirectory } from './outbound/rpc-audio.js';
import { RpcAudioFiles, RpcAudioUploads } from './outbound/rpc-audio-file.js';
import { RpcAudioOwners, RpcAudioPins } from './outbound/rpc-audio-pin.js';
import { AddAnnotations } from './use-cases/add-annotations.js';
import { ChangeAnnotation, DeleteAnnotation } from './use-cases/change-annotation.js';
import { ChangeAudio } from './use-cases/change-audio.js';
import { ChangeDataset } from './use-cases/change-dataset.js';
import { ConfirmUpload } from './use-cases/confirm-upload.js';
import { CreateAnnotationSet } from './use-cases/create-annotation-set.js';
import { CreateDataset } from './use-cases/create-dataset.js';
import { DeleteAnnotationSet } from './use-cases/delete-annotation-set.js';
import { DeleteAudio } from './use-cases/delete-audio.js';
import { DeleteDataset, ForgetTenant } from './use-cases/delete-dataset.js';
import { ForgetAudio } from './use-cases/follow-audio.js';
import { HandOverAudio } from './use-cases/hand-over-audio.js';
import { ListAudio } from './use-cases/list-audio.js';
import { MarkReviewed } from './use-cases/mark-reviewed.js';
import { PinAnnotationSet } from './use-cases/pin-annotation-set.js';
import { PublishAnnotationSet } from './use-cases/publish-annotation-set.js';
import { PurgeDeleted, RemoveOrphanManifests } from './use-cases/purge-deleted.js';
import { ListAnnotations, ListAnnotationSets, ReadAnnotationSet } from './use-cases/read-annotation-set.js';
import { ReadAudio } from './use-cases/read-audio.js';
import { ListDatasets, ReadDataset } from './use-cases/read-dataset.js';
import { ReconcileAudio } from './use-cases/reconcile-audio.js';
import { ReserveUpload } from './use-cases/reserve-upload.js';
import { TakeUploads } from './use-cases/take-uploads.js';
import { UnpinAnnotationSets } from './use-cases/unpin-annotation-sets.js';
import { PrismaClient } from './outbound/prisma-client/client.js';

/** The catalog: datasets, artifact types, annotation sets and annotations. */
export const catalogService = defineService({
  context: 'catalog',
  env: catalogEnv,
  prisma: PrismaClient,
  ports: connectPorts,
  useCases: [
    ...[AddAnnotations, ChangeAnnotation, DeleteAnnotation, MarkReviewed, ListAnnotations],
    ...[CreateAnnotationSet, ListAnnotationSets, ReadAnnotationSet, DeleteAnnotationSet, PublishAnnotationSet],
    ...[CreateDataset, ListDatasets, ReadDataset, ChangeDataset, DeleteDataset],
    ...[ReserveUpload, ConfirmUpload, TakeUploads, ListAudio, ReadAudio, ChangeAudio, DeleteAudio],
    ...[PinAnnotationSet, UnpinAnnotationSets, ForgetTenant, ForgetAudio],
    ...[PurgeDeleted, RemoveOrphanManifests, ReconcileAudio, HandOverAudio],
  ],
  inbound: [
    ...[DatasetRoutes, AudioRoutes, AnnotationSetRoutes, AnnotationRoutes],
    ...[CatalogRpcs, UploadRpcs, CatalogEvents, DeletionTasks],
  ],
});

function connectPorts(parts: ServiceParts<CatalogConfig, PrismaClient>) {
  const { config, uow, outbox, ledger, rpc, blobs, clock, ids, logger } = parts;
  return {
    datasets: new PrismaDatasetStore({ uow, outbox }),
    sets: new PrismaAnnotationSetStore({ uow, outbox }),
    annotations: new PrismaAnnotationStore({ uow, ids }),
    tombstones: new PrismaTombstoneStore({ uow }),
    audio: new RpcAudioDirectory(rpc),
    audioFiles: new RpcAudioFiles(rpc),
    audioPins: new RpcAudioPins(rpc),
    audioOwners: new RpcAudioOwners(rpc),
    uploads: new RpcAudioUploads(rpc),
    handover: new RpcAudioHandover({ uow, rpc }),
    setPins: new PrismaSetPinStore({ uow }),
    manifests: new BlobManifestStore(blobs),
    ...{ transactions: uow, ledger, clock, ids, logger, graceMs: config.DELETION_GRACE_MS },
  };
}
