import type { NatsConnection } from '@nats-io/transport-node';

/**
 * Whether a connection has its server. The client drops what is sent while it reconnects, so whoever needs an answer asks here first.
 */
export class ConnectionState {
  #connected = true;
  readonly #onLost = new Set<() => void>();
  readonly #onBack = new Set<() => void>();

  private constructor(connection: NatsConnection) {
    void this.#follow(connection);
  }

  static #known = new WeakMap<NatsConnection, ConnectionState>();

  /** The state of a connection; one per connection. */
  static of(connection: NatsConnection): ConnectionState {
    const state = ConnectionState.#known.get(connection) ?? new ConnectionState(connection);
    ConnectionState.#known.set(connection, state);
    return state;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Calls `listener` whenever the server is lost; returns how to end that. */
  onLost(listener: () => void): () => void {
    this.#onLost.add(listener);
    return () => this.#onLost.delete(listener);
  }

  /** Calls `listener` whenever the server is back; returns how to end that. */
  onBack(listener: () => void): () => void {
    this.#onBack.add(listener);
    return () => this.#onBack.delete(listener);
  }

  /** Resolves as soon as there is a server, with the milliseconds left of `timeoutMs`; rejects when none comes in that time. */
  async whenConnected(timeoutMs: number): Promise<number> {
    if (this.#connected) return timeoutMs;
    const startedMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        forget();
        reject(new Error('There is no connection to NATS.'));
      }, timeoutMs);
      const forget = this.onBack(() => {
        clearTimeout(timer);
        forget();
        resolve();
      });
    });
    return Math.max(1, timeoutMs - (performance.now() - startedMs));
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type !== 'disconnect' && type !== 'reconnect') continue;
      this.#connected = type === 'reconnect';
      for (const listener of [...(this.#connected ? this.#onBack : this.#onLost)]) listener();
    }
    this.#connected = false;
  }
}
