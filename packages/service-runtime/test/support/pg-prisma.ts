// What service-kit needs of a Prisma client, over the runtime's own adapter: this package may not know a generated client.
import type { Pool, PoolClient } from 'pg';

type Querying = Pick<Pool | PoolClient, 'query'>;

/** The part of Prisma's adapter that gives its connection pool. */
interface Adapter {
  connect(): Promise<{ underlyingDriver(): Pool; dispose(): Promise<void> }>;
}

class RawClient {
  readonly #connection: () => Promise<Querying>;

  constructor(connection: () => Promise<Querying>) {
    this.#connection = connection;
  }

  async $queryRawUnsafe(text: string, ...params: unknown[]): Promise<unknown[]> {
    return (await (await this.#connection()).query<Record<string, unknown>>(text, params)).rows;
  }

  async $executeRawUnsafe(text: string, ...params: unknown[]): Promise<number> {
    return (await (await this.#connection()).query(text, params)).rowCount ?? 0;
  }
}

/** A client with Prisma's raw methods and interactive transactions. */
export class PgPrisma extends RawClient {
  readonly #adapter: ReturnType<Adapter['connect']>;

  constructor({ adapter }: { adapter: Adapter }) {
    const connected = adapter.connect();
    super(async () => (await connected).underlyingDriver());
    this.#adapter = connected;
  }

  async $transaction<T>(work: (client: RawClient) => Promise<T>): Promise<T> {
    const connection = await (await this.#adapter).underlyingDriver().connect();
    connection.on('error', () => undefined);
    try {
      await connection.query('BEGIN');
      const result = await work(new RawClient(async () => connection));
      await connection.query('COMMIT');
      connection.release();
      return result;
    } catch (error) {
      connection.release(true); // ends the session, and with it the transaction
      throw error;
    }
  }

  async $disconnect(): Promise<void> {
    await (await this.#adapter).dispose();
  }
}
