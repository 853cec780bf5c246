import type { EventPayload } from '@earmark/contracts';
import { datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { HandlesEvent, type EventMeta } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { CancelTrainingsOfDataset, ForgetTenant } from '../use-cases/cancel-training.js';

/** What the trainer does about facts of other services. */
@Injectable()
export class TrainerEvents {
  constructor(
    private readonly cancelTrainings: CancelTrainingsOfDataset,
    private readonly forgetTenant: ForgetTenant,
  ) {}

  @HandlesEvent(datasetDeleted)
  async onDatasetDeleted({ tenantId, datasetId }: EventPayload<typeof datasetDeleted>, _meta: EventMeta): Promise<void> {
    await this.cancelTrainings.execute(tenantId, datasetId);
  }

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>, _meta: EventMeta): Promise<void> {
    await this.forgetTenant.execute(tenantId);
  }
}
