import type { CreationKey } from './page.js';

/** How a row is held until the end of the transaction: `share` keeps it as it is, `update` is for who changes it. */
export type LockStrength = 'share' | 'update';

/** Rows that come after the key in descending order of (createdAt, id); no condition without a key. */
export function olderThan(key: CreationKey | null) {
  if (key === null) return {};
  return { OR: [{ createdAt: { lt: key.createdAt } }, { createdAt: key.createdAt, id: { lt: key.id } }] };
}

/** Rows that come after the key in ascending order of (createdAt, id); no condition without a key. */
export function newerThan(key: CreationKey | null) {
  if (key === null) return {};
  return { OR: [{ createdAt: { gt: key.createdAt } }, { createdAt: key.createdAt, id: { gt: key.id } }] };
}

/** The locking clause of a SELECT. */
export function lockClause(strength: LockStrength): 'FOR SHARE' | 'FOR UPDATE' {
  return strength === 'share' ? 'FOR SHARE' : 'FOR UPDATE';
}
