/** Who shares a budget of requests: the users of one key, or all keys of an organisation. */
export type BudgetHolderKind = 'key' | 'organisation';

/** How much of a minute's budget a gateway takes at once: a twentieth, so that several gateways share it well and the database hears little. */
export function budgetSizes(limitPerMinute: number): { limit: number; block: number } {
  return { limit: limitPerMinute, block: Math.max(1, Math.ceil(limitPerMinute / 20)) };
}
