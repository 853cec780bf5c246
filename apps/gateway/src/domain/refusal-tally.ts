import type { AuditEntry } from './audit-entry.js';

/** Kinds of refusal that one organisation may have in the tally; further ones are counted under the route `*`. */
const KINDS_PER_TENANT = 50;

/**
 * Refused calls since the last collection. The first of a kind (organisation, key, route, status) is to be stored immediately, those
 * that follow are only counted, so that a client which is refused in a loop writes two rows per collection and no more.
 */
export class RefusalTally {
  #byTenant = new Map<string, Map<string, AuditEntry>>();

  /** Counts a refusal; returns it when it is the first of its kind and should be stored now. */
  add(entry: AuditEntry): AuditEntry | null {
    const kinds = this.#kindsOf(entry.tenantId);
    const counted = kinds.size >= KINDS_PER_TENANT && !kinds.has(kindOf(entry)) ? overflow(entry) : entry;
    const kind = kindOf(counted);
    const before = kinds.get(kind);
    kinds.set(kind, { ...counted, occurrences: before === undefined ? 0 : before.occurrences + 1 });
    return before === undefined ? counted : null;
  }

  /** What was counted beyond the entries that were returned, and begins anew. */
  collect(): AuditEntry[] {
    const counted = [...this.#byTenant.values()].flatMap((kinds) => [...kinds.values()]);
    this.#byTenant = new Map();
    return counted.filter(({ occurrences }) => occurrences > 0);
  }

  #kindsOf(tenantId: string): Map<string, AuditEntry> {
    const kinds = this.#byTenant.get(tenantId) ?? new Map<string, AuditEntry>();
    this.#byTenant.set(tenantId, kinds);
    return kinds;
  }
}

/** All overflowing kinds of a tenant share one row per status, whatever the key. */
const overflow = (entry: AuditEntry): AuditEntry => ({ ...entry, route: '*', method: '*', path: '*' });

const kindOf = ({ keyId, route, status }: AuditEntry): string => `${route === '*' ? '*' : keyId} ${route} ${status}`;
