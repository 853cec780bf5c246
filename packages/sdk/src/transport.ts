import type { RouteContract } from '@earmark/contracts';
import { addressOf, type LooseCall } from './call.js';
import { ApiError, apiErrorOf } from './problem-error.js';
import { pause } from './pause.js';

export interface ClientOptions {
  /** Where the gateway is, such as `http://localhost:8080`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** How often a call that is safe to repeat is tried again after a retryable problem or a broken connection; default 3. */
  readonly retries?: number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

const LONGEST_PAUSE_MS = 30_000;

/** Sends calls: address, key, conditions; repeats what is safe to repeat; throws {@link ApiError} for every refusal. */
export class Transport {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The whole answer of a call with a JSON body, or none. */
  send(route: RouteContract, call: LooseCall, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const hasBody = call.body !== undefined;
    const body = hasBody ? JSON.stringify(call.body) : null;
    const json: Record<string, string> = hasBody ? { 'Content-Type': 'application/json' } : {};
    // A repeated change without a key may meet its own effect: a 404 after a DELETE, a 412 after a PATCH.
    const isSafe = route.method === 'GET' || call.idempotencyKey !== undefined;
    const attempt = (): Promise<Response> => this.sendOnce(route, call, { body, headers: { ...json, ...headers } });
    return isSafe ? this.#repeated(attempt, call.signal) : attempt();
  }

  /** One try with a body of any kind. */
  async sendOnce(
    route: RouteContract,
    call: LooseCall,
    { body, headers }: { body: RequestInit['body']; headers?: Readonly<Record<string, string>> },
  ): Promise<Response> {
    const send = this.#options.fetch ?? fetch;
    const response = await send(`${this.#options.baseUrl.replace(/\/+$/, '')}/api/v1${addressOf(route, call)}`, {
      method: route.method,
      headers: { 'X-API-Key': this.#options.apiKey, ...conditionsOf(call), ...headers },
      ...(body === null || body === undefined ? {} : { body }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    if (response.status >= 400) throw await apiErrorOf(response);
    return response;
  }

  async #repeated(attempt: () => Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
    const retries = this.#options.retries ?? 3;
    for (let failures = 0; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (failures >= retries || signal?.aborted === true || !mayHelpToRepeat(error)) throw error;
        await pause(pauseMsAfter(error, failures), signal);
      }
    }
  }
}

function conditionsOf({ idempotencyKey, ifMatch }: LooseCall): Record<string, string> {
  return {
    ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
    ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
  };
}

/** fetch throws a TypeError (known by name: it may be another realm's) when there was no answer. */
function mayHelpToRepeat(error: unknown): boolean {
  return error instanceof ApiError ? error.isRetryable : (error as { name?: unknown } | null)?.name === 'TypeError';
}

function pauseMsAfter(error: unknown, failures: number): number {
  const asked = error instanceof ApiError ? error.retryAfterSeconds : null;
  return Math.min(LONGEST_PAUSE_MS, asked === null ? 250 * 2 ** failures : asked * 1000);
}
