import { z } from 'zod';
import { defineEvent } from '../kernel/define-event.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

const { tenantId, apiKeyId } = exampleIds;

export const organisationCreated = defineEvent({
  name: 'gateway.organisation-created',
  version: 1,
  summary: 'An organisation (a tenant) was created.',
  payload: z.object({ tenantId: Uuid, name: z.string() }),
  example: { tenantId, name: 'Example' },
});

export const organisationDeleted = defineEvent({
  name: 'gateway.organisation-deleted',
  version: 1,
  summary: 'An organisation was deleted: everything it owns goes.',
  payload: z.object({ tenantId: Uuid }),
  example: { tenantId },
  heardBy: ['gateway', 'catalog', 'ingest', 'trainer', 'model-registry', 'inference'],
});

/** Every gateway also listens to this subject directly, to drop the key from its cache at once. */
export const apiKeyRevoked = defineEvent({
  name: 'gateway.api-key-revoked',
  version: 1,
  summary: 'An API key was revoked.',
  payload: z.object({ tenantId: Uuid, keyId: Uuid }),
  example: { tenantId, keyId: apiKeyId },
  heardBy: ['gateway'],
});

export const gatewayEvents = [organisationCreated, organisationDeleted, apiKeyRevoked] as const;
