import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { modelRegistryEnv, type ModelRegistryConfig } from './config.js';
import { ModelRegistryEvents } from './inbound/model.events.js';
import { ModelRegistryRpcs } from './inbound/model.rpcs.js';
import { ModelRoutes } from './inbound/model.routes.js';
import { ModelTasks } from './inbound/model.tasks.js';
import { BlobArtefactStore } from './outbound/blob-artefact.js';
import { PrismaDeletionLog } from './outbound/prisma-deletion-log.js';
import { PrismaModelStore } from './outbound/prisma-model.js';
import { PrismaTombstoneStore } from './outbound/prisma-tombstone.js';
import { ArchiveModel, ChangeModel } from './use-cases/change-model.js';
import { CollectArtefacts } from './use-cases/collect-artefacts.js';
import { FollowDatasetDeletion, FollowTenantDeletion } from './use-cases/follow-deletions.js';
import { ListModels, ReadModel } from './use-cases/read-model.js';
import { RegisterModel } from './use-cases/register-model.js';
import { PrismaClient } from './outbound/prisma-client/client.js';

/** The model registry: models, versions, thresholds, lineage and artefacts. */
export const modelRegistryService = defineService({
  context: 'model-registry',
  env: modelRegistryEnv,
  prisma: PrismaClient,
  ports: connectPorts,
  useCases: [
    ...[RegisterModel, ReadModel, ListModels, ChangeModel, ArchiveModel],
    ...[FollowDatasetDeletion, FollowTenantDeletion, CollectArtefacts],
  ],
  inbound: [ModelRoutes, ModelRegistryRpcs, ModelRegistryEvents, ModelTasks],
});

function connectPorts({ config, uow, outbox, blobs, clock, ids }: ServiceParts<ModelRegistryConfig, PrismaClient>) {
  return {
    models: new PrismaModelStore({ uow, outbox }),
    deletions: new PrismaDeletionLog({ uow }),
    tombstones: new PrismaTombstoneStore({ uow }),
    artefacts: new BlobArtefactStore(blobs),
    ...{ transactions: uow, clock, ids, graceMs: config.DELETION_GRACE_MS },
  };
}
