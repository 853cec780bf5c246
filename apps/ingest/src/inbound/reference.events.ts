import { holderKinds, referenceKinds, type EventPayload } from '@earmark/contracts';
import { annotationSetDeleted, datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { inferenceJobFinished } from '@earmark/contracts/inference/events';
import { HandlesEvent, type EventMeta } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { ReleaseReference } from '../use-cases/release-reference.js';
import { UnpinAudio } from '../use-cases/unpin-audio.js';

/** Facts of other services, put into the words of ingest: a reference was released, a holder is gone. */
@Injectable()
export class ReferenceEvents {
  constructor(
    private readonly releaseReference: ReleaseReference,
    private readonly unpinAudio: UnpinAudio,
  ) {}

  @HandlesEvent(datasetDeleted)
  async onDatasetDeleted({ tenantId, datasetId }: EventPayload<typeof datasetDeleted>): Promise<void> {
    await this.releaseReference.execute({ tenantId, kind: referenceKinds.dataset, id: datasetId });
  }

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>): Promise<void> {
    await this.releaseReference.execute({ tenantId, kind: referenceKinds.tenant, id: tenantId });
  }

  @HandlesEvent(annotationSetDeleted)
  async onSetDeleted({ tenantId, annotationSetId }: EventPayload<typeof annotationSetDeleted>): Promise<void> {
    await this.unpinAudio.execute(tenantId, { kind: holderKinds.annotationSet, id: annotationSetId });
  }

  /** A job that was opened again meanwhile keeps what it pinned since. */
  @HandlesEvent(inferenceJobFinished)
  async onDetectionFinished(job: EventPayload<typeof inferenceJobFinished>, { time }: EventMeta): Promise<void> {
    const holder = { kind: holderKinds.inferenceJob, id: job.inferenceJobId };
    await this.unpinAudio.execute(job.tenantId, holder, { madeBefore: time });
  }
}
