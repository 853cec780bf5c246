import { randomUUID } from 'node:crypto';
import { eventually } from '@earmark/testkit';
import type { Answer, Api } from './api.js';

/** Times are milliseconds: how long one request may be repeated, and how often. */
const PATIENCE = { timeoutMs: 180_000, everyMs: 250 };
/** What tells a careful client to come again with the same key. */
const COME_AGAIN = new Set([429, 503]);

/** A client that repeats each request, with one Idempotency-Key, until it is answered: what it was told has happened, once. */
export class StubbornClient {
  /** Requests that were answered. */
  answered = 0;
  /** Answers that no client should get, however much is killed: `500 POST /datasets …`. */
  readonly broken: string[] = [];

  constructor(readonly api: Api) {}

  post<Body>(route: string, body?: unknown): Promise<Body> {
    return this.#repeat<Body>('POST', route, body, { 'Idempotency-Key': randomUUID() });
  }

  get<Body>(route: string): Promise<Body> {
    return this.#repeat<Body>('GET', route, undefined, {});
  }

  /** Sends bytes to storage with a presigned form; the same bytes again are the same object. */
  async store(url: string, fields: Record<string, string>, name: string, bytes: Uint8Array): Promise<void> {
    await eventually(async () => (await this.api.store(url, fields, name, bytes)) < 300, PATIENCE);
    this.answered += 1;
  }

  async #repeat<Body>(method: string, route: string, body: unknown, headers: Record<string, string>): Promise<Body> {
    const answer = await eventually(() => this.#once<Body>(method, route, body, headers), PATIENCE);
    if (answer.status >= 300) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    this.answered += 1;
    return answer.body;
  }

  /** Throws where coming again makes sense; a connection that was cut throws by itself. */
  async #once<Body>(method: string, route: string, body: unknown, headers: Record<string, string>): Promise<Answer<Body>> {
    const answer = await this.api.send<Body>(method, route, body, headers);
    const said = `${answer.status} ${method} ${route}: ${JSON.stringify(answer.body)}`;
    const isTwinInFlight = answer.status === 409 && answer.headers.has('retry-after');
    if (answer.status >= 500 && answer.status !== 503) this.broken.push(said);
    if (isTwinInFlight || answer.status >= 500 || COME_AGAIN.has(answer.status)) throw new Error(said);
    return answer;
  }
}
