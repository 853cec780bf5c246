import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallContext, RouteContract } from '@earmark/contracts';

/** One request on its way through the gateway, after its caller is known. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: RouteContract;
  readonly params: Readonly<Record<string, string>>;
  /** What follows the question mark, without it. */
  readonly queryText: string;
  readonly context: CallContext;
  /** Throws when the caller's key has ended since. */
  readonly checkCaller: () => Promise<unknown>;
}

/** Answers requests of some kind of route. */
export type Answerer = (exchange: Exchange) => Promise<void>;

/** A signal that aborts when the client goes. */
export function clientSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  return controller.signal;
}
