import type { Server, ServerResponse } from 'node:http';

/** Knows the HTTP requests in flight, so that a service can stop without cutting one. */
export class HttpDrain {
  readonly #inFlight = new Set<ServerResponse>();
  #draining = false;

  /** Express middleware; the first of all. */
  readonly track = (_request: unknown, response: ServerResponse, next: () => void): void => {
    this.#inFlight.add(response);
    response.once('close', () => this.#inFlight.delete(response));
    if (this.#draining) response.setHeader('Connection', 'close');
    next();
  };

  /** From now on every answer asks its client to open another connection: elsewhere, when this copy is no longer announced. */
  begin(): void {
    this.#draining = true;
    for (const response of this.#inFlight) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /** Takes no more connections and resolves when all answers are out; what is not within `graceMs` (event streams) is cut. */
  async finish(server: Server, graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(cut);
  }
}
