import type { CreationKey } from '../../domain/page.js';
import type { LockStrength } from '../../ports.js';

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
