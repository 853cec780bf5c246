/** What a job handler knows about its delivery; the same for a ten-second decode and a six-hour training. */
export interface Work {
  /** This process (worker id): the owner of leases. */
  readonly owner: string;
  /** Deliveries of this message so far, from 1. */
  readonly attempt: number;
  readonly messageId: string;
  /** Aborts when the process has to stop. */
  readonly signal: AbortSignal;
  /** Says that the work goes on; called for the handler every third of the ack wait anyway. */
  stillWorking(): Promise<void>;
}

/** How a job ended without a problem. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'later'; readonly delayMs: number };

/** The work is complete. */
export function done(): Outcome {
  return { kind: 'done' };
}

/** There was nothing to do (already done, cancelled, gone): the message is acknowledged. */
export function skipped(why: string): Outcome {
  return { kind: 'skipped', why };
}

/** Deliver the message again after `delayMs`, for instance when another worker's lease expires. Never leads to a dead letter. */
export function later(delayMs: number): Outcome {
  return { kind: 'later', delayMs };
}
