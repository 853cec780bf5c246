import { asProblem, type Outcome } from '@earmark/service-kit';

/** What to tell JetStream about a delivery. */
export type Verdict =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly delayMs: number }
  | { readonly kind: 'dead'; readonly reason: string; readonly detail: string };

/** The verdict on a handler that returned. */
export function verdictOfOutcome(outcome: Outcome): Verdict {
  return outcome.kind === 'later' ? { kind: 'nak', delayMs: Math.max(0, outcome.delayMs) } : { kind: 'ack' };
}

/**
 * The verdict on a handler that threw, at delivery number `attempt` (from 1). A problem that trying again cannot help is dead at once;
 * everything else (outages, bugs) is delivered again after `retryDelaysMs[attempt - 1]`, and is dead when the table is used up.
 */
export function verdictOfError(error: unknown, attempt: number, retryDelaysMs: readonly number[]): Verdict {
  const problem = asProblem(error);
  // Whoever holds the lease now has the work; this copy must survive in case that worker dies too.
  if (problem?.code === 'lease_lost') return { kind: 'nak', delayMs: retryDelaysMs.at(-1) ?? 1_000 };
  const reason = problem?.code ?? 'bug';
  const detail = error instanceof Error ? error.message : String(error);
  if (problem !== null && !problem.kind.retryable) return { kind: 'dead', reason, detail };
  const delayMs = retryDelaysMs[attempt - 1];
  if (delayMs === undefined) return { kind: 'dead', reason, detail };
  return { kind: 'nak', delayMs: Math.max(delayMs, (problem?.retryAfterSeconds ?? 0) * 1_000) };
}
