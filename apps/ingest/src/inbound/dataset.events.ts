import type { EventPayload } from '@earmark/contracts';
import { datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { HandlesEvent } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { ForgetAudio } from '../use-cases/delete-audio.js';

/** What ingest does about facts of other services. */
@Injectable()
export class IngestEvents {
  constructor(private readonly forgetAudio: ForgetAudio) {}

  @HandlesEvent(datasetDeleted)
  async onDatasetDeleted({ tenantId, datasetId }: EventPayload<typeof datasetDeleted>): Promise<void> {
    await this.forgetAudio.execute(tenantId, datasetId);
  }

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>): Promise<void> {
    await this.forgetAudio.execute(tenantId, null);
  }
}
