const POLL_MS = 20;

/** How long to keep trying; defaults: 10,000 ms, one try every 20 ms. */
export interface EventuallyOptions {
  timeoutMs?: number;
  everyMs?: number;
}

/**
 * Runs `check` until it neither throws nor returns false, and returns its value; after `timeoutMs` throws what the last try threw.
 * The one way to wait in tests: it ends as soon as the condition holds.
 */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(check);
    if (outcome.ok) return outcome.value;
    if (performance.now() > deadline)
      throw new Error(`Not within ${timeoutMs} ms: ${String(outcome.reason)}`, { cause: outcome.reason });
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? POLL_MS));
  }
}

type Outcome<T> = { ok: true; value: T } | { ok: false; reason: unknown };

async function attempt<T>(check: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await check();
    return value === false ? { ok: false, reason: 'the check returned false' } : { ok: true, value };
  } catch (reason) {
    return { ok: false, reason };
  }
}
