import type { EventPayload } from '@earmark/contracts';
import { apiKeyRevoked, organisationDeleted } from '@earmark/contracts/gateway/events';
import { HandlesEvent } from '@earmark/service-runtime';
import { Injectable } from '@nestjs/common';
import { Authenticate } from '../use-cases/authenticate.js';

/** Keys that ended leave the cache of every gateway. */
@Injectable()
export class ApiKeyEvents {
  constructor(private readonly authenticate: Authenticate) {}

  @HandlesEvent(apiKeyRevoked, { onEveryReplica: true })
  async onRevoked({ keyId }: EventPayload<typeof apiKeyRevoked>): Promise<void> {
    this.authenticate.forget(keyId);
  }

  @HandlesEvent(organisationDeleted, { onEveryReplica: true })
  async onOrganisationDeleted({ tenantId }: EventPayload<typeof organisationDeleted>): Promise<void> {
    this.authenticate.forgetTenant(tenantId);
  }
}
