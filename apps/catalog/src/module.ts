import { MinioBlobStore, type BlobStore } from '@earmark/blob-store';
import { RpcClient } from '@earmark/messaging';
import { CLOCK, IDS, LOGGER, OUTBOX, ServiceModule, SQL, UNIT_OF_WORK } from '@earmark/service-runtime';
import type { Clock, IdSource, Logger, Outbox, Sql } from '@earmark/service-kit';
import { Module, type Provider, type Type } from '@nestjs/common';
import { AnnotationSetRoutes } from './inbound/annotation-set.routes.js';
import { AnnotationRoutes } from './inbound/annotation.routes.js';
import { CatalogEvents } from './inbound/audio.events.js';
import { CatalogRpcs } from './inbound/dataset.rpcs.js';
import { DatasetRoutes } from './inbound/dataset.routes.js';
import { PurgeTasks } from './inbound/deletion.tasks.js';
import { BlobManifestStore } from './outbound/blob-manifest.js';
import { createPrisma, type CatalogUnitOfWork } from './outbound/client.js';
import { PrismaAnnotationSetStore } from './outbound/prisma-annotation-set.js';
import { PrismaAnnotationStore } from './outbound/prisma-annotation.js';
import { PrismaDatasetStore } from './outbound/prisma-dataset.js';
import { PrismaTombstoneStore } from './outbound/prisma-tombstone.js';
import { RpcAudioDirectory } from './outbound/rpc-audio.js';
import { RpcTrainingDirectory } from './outbound/rpc-training-use.js';
import type { CatalogConfig } from './config.js';
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

const PORTS = Symbol('catalog ports');
type Ports = ReturnType<typeof connectPorts>;

const useCases = [
  ...[AddAnnotations, ChangeAnnotation, DeleteAnnotation, MarkReviewed, ListAnnotations],
  ...[CreateAnnotationSet, ListAnnotationSets, ReadAnnotationSet, DeleteAnnotationSet, PublishAnnotationSet],
  ...[CreateDataset, ListDatasets, ReadDataset, ChangeDataset, DeleteDataset],
  ...[ForgetTenant, ForgetAudio, FindAudioUse, PurgeDeleted, RemoveOrphanManifests],
] as const;

/** The catalog service over its configuration. */
export function catalogModule(config: CatalogConfig): Type {
  const createClient = () => createPrisma(config.DATABASE_URL);

  @Module({
    imports: [ServiceModule.forRoot({ context: 'catalog', config, createPrisma: createClient })],
    controllers: [DatasetRoutes, AnnotationSetRoutes, AnnotationRoutes, CatalogRpcs],
    providers: [portsProvider(config), ...useCases.map(useCaseProvider), tasksProvider(config), CatalogEvents],
  })
  class CatalogModule {}
  return CatalogModule;
}

function portsProvider(config: CatalogConfig): Provider {
  return {
    provide: PORTS,
    inject: [UNIT_OF_WORK, OUTBOX, RpcClient, CLOCK, IDS],
    useFactory: (uow: CatalogUnitOfWork, outbox: Outbox, rpc: RpcClient, clock: Clock, ids: IdSource) =>
      connectPorts({ uow, outbox, rpc, clock, ids, blobs: connectBlobs(config, clock), graceMs: config.DELETION_GRACE_MS }),
  };
}

function connectPorts(parts: {
  uow: CatalogUnitOfWork;
  outbox: Outbox;
  rpc: RpcClient;
  clock: Clock;
  ids: IdSource;
  blobs: BlobStore;
  graceMs: number;
}) {
  const { uow, rpc, clock, ids, graceMs } = parts;
  return {
    datasets: new PrismaDatasetStore(parts),
    sets: new PrismaAnnotationSetStore(parts),
    annotations: new PrismaAnnotationStore(parts),
    tombstones: new PrismaTombstoneStore(parts),
    audio: new RpcAudioDirectory(rpc),
    training: new RpcTrainingDirectory(rpc),
    manifests: new BlobManifestStore(parts.blobs),
    transactions: uow,
    clock,
    ids,
    graceMs,
  };
}

function connectBlobs(config: CatalogConfig, clock: Clock): BlobStore {
  return new MinioBlobStore({
    endpoint: config.S3_ENDPOINT,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
    now: () => clock.now(),
  });
}

function useCaseProvider(UseCase: (typeof useCases)[number]): Provider {
  return { provide: UseCase, inject: [PORTS], useFactory: (ports: Ports) => new UseCase(ports) };
}

function tasksProvider(config: CatalogConfig): Provider {
  return {
    provide: PurgeTasks,
    inject: [PurgeDeleted, RemoveOrphanManifests, SQL, LOGGER],
    useFactory: (purgeDeleted: PurgeDeleted, removeOrphans: RemoveOrphanManifests, sql: Sql, logger: Logger) =>
      new PurgeTasks({
        purgeDeleted,
        removeOrphans,
        sql,
        logger,
        purgeEveryMs: config.PURGE_EVERY_MS,
        orphansEveryMs: config.ORPHANS_EVERY_MS,
      }),
  };
}
