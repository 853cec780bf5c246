import { describe, expect, it } from '@jest/globals';
import { apiKeyRevoked, organisationDeleted } from '@earmark/contracts/gateway/events';
import { Housekeeping } from './gateway.tasks.js';

describe('housekeeping', () => {
  it('forgets keys that ended as soon as it hears of it, and stores what is left when it stops', async () => {
    const heard = new Map<string, (payload: unknown) => void>();
    const did: string[] = [];
    const announcements = {
      listen: (subject: string, hear: (payload: unknown) => void) => {
        heard.set(subject, hear);
        return () => heard.delete(subject);
      },
    };
    const parts = {
      announcements,
      authenticate: { forget: (id: string) => did.push(`key ${id}`), forgetTenant: (id: string) => did.push(`tenant ${id}`) },
      recordAudit: { collectRefusals: () => did.push('refusals'), flush: async () => did.push('audit') },
      recordKeyUse: { flush: async () => did.push('use') },
      budgets: [],
      retention: { start: () => did.push('retention'), stop: async () => undefined },
    };
    const housekeeping = new Housekeeping(parts as never);
    housekeeping.onApplicationBootstrap();
    heard.get(apiKeyRevoked.subject)?.(apiKeyRevoked.example);
    heard.get(organisationDeleted.subject)?.(organisationDeleted.example);
    await housekeeping.beforeApplicationShutdown();
    expect(did).toEqual([
      'retention',
      `key ${apiKeyRevoked.example.keyId}`,
      `tenant ${organisationDeleted.example.tenantId}`,
      'refusals',
      'audit',
      'use',
    ]);
    expect(heard.size).toBe(0);
  });
});
