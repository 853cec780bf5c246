import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { catalogEnv, type CatalogConfig } from './config.js';
import { AnnotationSetRoutes } from './inbound/annotation-set.routes.js';
import { AnnotationRoutes } from './inbound/annotation.routes.js';
import { CatalogEvents } from './inbound/audio.events.js';
import { CatalogRpcs } from './inbound/dataset.rpcs.js';
import { DatasetRoutes } from './inbound/dataset.routes.js';
import { DeletionTasks } from './inbound/deletion.tasks.js';
import { BlobManifestStore } from './outbound/blob-manifest.js';
import { PrismaAnnotationSetStore } from './outbound/prisma-annotation-set.js';
import { PrismaAnnotationStore } from './outbound/prisma-annotation.js';
import { PrismaDatasetStore } from './outbound/prisma-dataset.js';
import { PrismaTombstoneStore } from './outbound/prisma-tombstone.js';
import { RpcAudioDirectory } from './outbound/rpc-audio.js';
import { RpcTrainingDirectory } from './outbound/rpc-training-use.js';
import { AddAnnotations } from './use-cases/add-annotations.js';
import { ChangeAnnotation, DeleteAnnotation } from './use-cases/change-annotation.js';
import { ChangeDataset } from './use-cases/change-dataset.js';
import { CreateAnnotationSet } from './use-cases/create-annotation-set.js';
import { CreateDataset } from './use-cases/create-dataset.js';
import { DeleteAnnotationSet } from './use-cases/delete-annotation-set.js';
import { DeleteDataset, ForgetTenant } from './use-cases/delete-dataset.js';
import { FindAudioUse, ForgetAudio } from './use-cases/follow-audio.js';
import { MarkReviewed } from './use-cases/mark-reviewed.js';
import { PublishAnnotationSet } from './use-cases/publish-annotation-set.js';
import { PurgeDeleted, RemoveOrphanManifests } from './use-cases/purge-deleted.js';
import { ListAnnotations, ListAnnotationSets, ReadAnnotationSet } from './use-cases/read-annotation-set.js';
import { ListDatasets, ReadDataset } from './use-cases/read-dataset.js';
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
    ...[ForgetTenant, ForgetAudio, FindAudioUse, PurgeDeleted, RemoveOrphanManifests],
  ],
  inbound: [DatasetRoutes, AnnotationSetRoutes, AnnotationRoutes, CatalogRpcs, CatalogEvents, DeletionTasks],
});

function connectPorts({ config, uow, outbox, rpc, blobs, clock, ids }: ServiceParts<CatalogConfig, PrismaClient>) {
  return {
    datasets: new PrismaDatasetStore({ uow, outbox }),
    sets: new PrismaAnnotationSetStore({ uow, outbox }),
    annotations: new PrismaAnnotationStore({ uow, ids }),
    tombstones: new PrismaTombstoneStore({ uow }),
    audio: new RpcAudioDirectory(rpc),
    training: new RpcTrainingDirectory(rpc),
    manifests: new BlobManifestStore(blobs),
    ...{ transactions: uow, clock, ids, graceMs: config.DELETION_GRACE_MS },
  };
}
