import type { EventPayload } from '@earmark/contracts';
import { datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { HandlesEvent, type EventMeta } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { FollowDatasetDeletion, FollowTenantDeletion } from '../use-cases/follow-deletions.js';

/** What the registry does about facts of other services. */
@Injectable()
export class ModelRegistryEvents {
  constructor(
    private readonly followDataset: FollowDatasetDeletion,
    private readonly followTenant: FollowTenantDeletion,
  ) {}

  @HandlesEvent(datasetDeleted)
  async onDatasetDeleted({ tenantId, datasetId }: EventPayload<typeof datasetDeleted>, _meta: EventMeta): Promise<void> {
    await this.followDataset.execute(tenantId, datasetId);
  }

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>, _meta: EventMeta): Promise<void> {
    await this.followTenant.execute(tenantId);
  }
}
