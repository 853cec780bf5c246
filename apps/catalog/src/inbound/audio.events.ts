import { holderKinds, type EventPayload } from '@earmark/contracts';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { audioDeleted } from '@earmark/contracts/ingest/events';
import { trainingJobCancelled, trainingJobFailed } from '@earmark/contracts/trainer/events';
import { HandlesEvent, type EventMeta } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { ForgetTenant } from '../use-cases/delete-dataset.js';
import { ForgetAudio } from '../use-cases/follow-audio.js';
import { UnpinAnnotationSets } from '../use-cases/unpin-annotation-sets.js';

/** What catalog does about facts of other services. */
@Injectable()
export class CatalogEvents {
  constructor(
    private readonly forgetTenant: ForgetTenant,
    private readonly forgetAudio: ForgetAudio,
    private readonly unpinSets: UnpinAnnotationSets,
  ) {}

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>, _meta: EventMeta): Promise<void> {
    await this.forgetTenant.execute(tenantId);
  }

  @HandlesEvent(audioDeleted)
  async onAudioDeleted({ tenantId, datasetId, audioFileId }: EventPayload<typeof audioDeleted>, _meta: EventMeta): Promise<void> {
    if (datasetId !== null) await this.forgetAudio.execute(tenantId, datasetId, audioFileId);
  }

  /** A training that ended without a model needs its set no longer. */
  @HandlesEvent(trainingJobFailed)
  async onTrainingFailed(job: EventPayload<typeof trainingJobFailed>): Promise<void> {
    await this.unpinSets.execute(job.tenantId, { kind: holderKinds.trainingJob, id: job.trainingJobId });
  }

  @HandlesEvent(trainingJobCancelled)
  async onTrainingCancelled(job: EventPayload<typeof trainingJobCancelled>): Promise<void> {
    await this.unpinSets.execute(job.tenantId, { kind: holderKinds.trainingJob, id: job.trainingJobId });
  }
}
