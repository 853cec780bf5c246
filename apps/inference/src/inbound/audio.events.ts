import type { EventPayload } from '@earmark/contracts';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { audioDeleted, audioFailed, audioReady } from '@earmark/contracts/ingest/events';
import { HandlesEvent } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { FollowAudio, ForgetTenant } from '../use-cases/follow-audio.js';

/** What inference does about facts of other services. */
@Injectable()
export class AudioEvents {
  constructor(
    private readonly followAudio: FollowAudio,
    private readonly forgetTenant: ForgetTenant,
  ) {}

  @HandlesEvent(audioReady)
  async onReady({ tenantId, audioFileId, sha256, durationMs }: EventPayload<typeof audioReady>): Promise<void> {
    await this.followAudio.execute(tenantId, audioFileId, { kind: 'ready', sha256, durationMs });
  }

  @HandlesEvent(audioFailed)
  async onFailed({ tenantId, audioFileId, errorCode, errorMessage }: EventPayload<typeof audioFailed>): Promise<void> {
    await this.followAudio.execute(tenantId, audioFileId, { kind: 'failed', code: errorCode, message: errorMessage });
  }

  @HandlesEvent(audioDeleted)
  async onDeleted({ tenantId, audioFileId }: EventPayload<typeof audioDeleted>): Promise<void> {
    const message = 'The audio was deleted before it was searched.';
    await this.followAudio.execute(tenantId, audioFileId, { kind: 'failed', code: 'audio_deleted', message });
  }

  @HandlesEvent(organisationDeleted)
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>): Promise<void> {
    await this.forgetTenant.execute(tenantId);
  }
}
