import type { EventPayload } from '@earmark/contracts';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { audioDeleted } from '@earmark/contracts/ingest/events';
import { HandlesEvent, type EventMeta } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { ForgetTenant } from '../use-cases/delete-dataset.js';
import { ForgetAudio } from '../use-cases/follow-audio.js';

/** What catalog does about facts of other services. */
@Injectable()
export class CatalogEvents {
  constructor(
    private readonly forgetTenant: ForgetTenant,
    private readonly forgetAudio: ForgetAudio,
  ) {}

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>, _meta: EventMeta): Promise<void> {
    await this.forgetTenant.execute(tenantId);
  }

  @HandlesEvent(audioDeleted)
  async onAudioDeleted({ tenantId, datasetId, audioFileId }: EventPayload<typeof audioDeleted>, _meta: EventMeta): Promise<void> {
    if (datasetId !== null) await this.forgetAudio.execute(tenantId, datasetId, audioFileId);
  }
}
