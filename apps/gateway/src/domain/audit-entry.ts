/** One call that may have changed something, whatever came of it. */
export interface AuditEntry {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  /** The contract's name. */
  readonly route: string;
  readonly method: string;
  /** The path without query, at most 1,000 characters. */
  readonly path: string;
  readonly status: number;
  readonly requestId: string;
  readonly at: Date;
}
