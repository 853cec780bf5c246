import { MinioBlobStore, type BlobStore } from '@earmark/blob-store';
import { CLOCK, IDS, LOGGER, OUTBOX, ServiceModule, SQL, UNIT_OF_WORK } from '@earmark/service-runtime';
import type { Clock, IdSource, Logger, Outbox, Sql } from '@earmark/service-kit';
import { Module, type Provider, type Type } from '@nestjs/common';
import { CollectorTask } from './inbound/model.tasks.js';
import { ModelRegistryEvents } from './inbound/model.events.js';
import { ModelRegistryRpcs } from './inbound/model.rpcs.js';
import { ModelRoutes } from './inbound/model.routes.js';
import { BlobArtefactStore } from './outbound/blob-artefact.js';
import { createPrisma, type RegistryUnitOfWork } from './outbound/client.js';
import { PrismaDeletionLog } from './outbound/prisma-deletion-log.js';
import { PrismaModelStore } from './outbound/prisma-model.js';
import { PrismaTombstoneStore } from './outbound/prisma-tombstone.js';
import type { ModelRegistryConfig } from './config.js';
import { ArchiveModel, ChangeModel } from './use-cases/change-model.js';
import { CollectArtefacts } from './use-cases/collect-artefacts.js';
import { FollowDatasetDeletion, FollowTenantDeletion } from './use-cases/follow-deletions.js';
import { ListModels, ReadModel } from './use-cases/read-model.js';
import { RegisterModel } from './use-cases/register-model.js';

const PORTS = Symbol('model registry ports');
type Ports = ReturnType<typeof connectPorts>;

const useCases = [
  ...[RegisterModel, ReadModel, ListModels, ChangeModel, ArchiveModel],
  ...[FollowDatasetDeletion, FollowTenantDeletion, CollectArtefacts],
] as const;

/** The model registry over its configuration. */
export function modelRegistryModule(config: ModelRegistryConfig): Type {
  const createClient = () => createPrisma(config.DATABASE_URL);

  @Module({
    imports: [ServiceModule.forRoot({ context: 'model-registry', config, createPrisma: createClient })],
    controllers: [ModelRoutes, ModelRegistryRpcs],
    providers: [portsProvider(config), ...useCases.map(useCaseProvider), taskProvider(config), ModelRegistryEvents],
  })
  class ModelRegistryModule {}
  return ModelRegistryModule;
}

function portsProvider(config: ModelRegistryConfig): Provider {
  return {
    provide: PORTS,
    inject: [UNIT_OF_WORK, OUTBOX, CLOCK, IDS],
    useFactory: (uow: RegistryUnitOfWork, outbox: Outbox, clock: Clock, ids: IdSource) =>
      connectPorts({ uow, outbox, clock, ids, blobs: connectBlobs(config, clock), graceMs: config.DELETION_GRACE_MS }),
  };
}

function connectPorts(parts: {
  uow: RegistryUnitOfWork;
  outbox: Outbox;
  clock: Clock;
  ids: IdSource;
  blobs: BlobStore;
  graceMs: number;
}) {
  const { uow, clock, ids, graceMs } = parts;
  return {
    models: new PrismaModelStore(parts),
    deletions: new PrismaDeletionLog(parts),
    tombstones: new PrismaTombstoneStore(parts),
    artefacts: new BlobArtefactStore(parts.blobs),
    transactions: uow,
    clock,
    ids,
    graceMs,
  };
}

function connectBlobs(config: ModelRegistryConfig, clock: Clock): BlobStore {
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

function taskProvider(config: ModelRegistryConfig): Provider {
  return {
    provide: CollectorTask,
    inject: [CollectArtefacts, SQL, LOGGER],
    useFactory: (collectArtefacts: CollectArtefacts, sql: Sql, logger: Logger) =>
      new CollectorTask({ collectArtefacts, sql, logger, everyMs: config.PURGE_EVERY_MS }),
  };
}
