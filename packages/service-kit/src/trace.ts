import { AsyncLocalStorage } from 'node:async_hooks';
import { randomHex } from './ids.js';

/** What ties log lines and messages of one request together. */
export interface Trace {
  /** W3C trace context, `00-<trace id>-<span id>-<flags>`. */
  readonly traceparent: string;
  readonly requestId?: string;
}

const store = new AsyncLocalStorage<Trace>();
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A fresh trace, or a child span of the given `traceparent` when it is well formed. */
export function startTrace(traceparent?: string, requestId?: string): Trace {
  const parent = traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent.split('-') : [];
  const next = `00-${parent[1] ?? randomHex(16)}-${randomHex(8)}-${parent[3] ?? '01'}`;
  return { traceparent: next, ...(requestId === undefined ? {} : { requestId }) };
}

/** Runs `work` as part of the trace; whatever it logs or sends carries it. */
export function withTrace<T>(trace: Trace, work: () => T): T {
  return store.run(trace, work);
}

/** The trace of the running work, if any. */
export function currentTrace(): Trace | undefined {
  return store.getStore();
}
