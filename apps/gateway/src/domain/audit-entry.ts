/** A call that may have changed something, whatever came of it. */
export interface AuditEntry {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  /** The contract's name; `*` where refusals of many routes are counted together. */
  readonly route: string;
  readonly method: string;
  /** The path without query, at most 1,000 characters. */
  readonly path: string;
  readonly status: number;
  readonly requestId: string;
  readonly at: Date;
  /** Calls of the same kind that this entry stands for; the other fields are those of the last one. */
  readonly occurrences: number;
}

/** Whether the gateway refused the call by itself, before any service saw it. */
export const isRefusal = ({ status }: Pick<AuditEntry, 'status'>): boolean => status === 403 || status === 429;
