// What service-kit needs of a Prisma client, over node-postgres: this package may not know a generated client.
import { Pool, type PoolClient } from 'pg';

type Querying = Pick<Pool | PoolClient, 'query'>;

function rawMethods(connection: Querying) {
  return {
    $queryRawUnsafe: async (text: string, ...params: unknown[]): Promise<unknown[]> =>
      (await connection.query<Record<string, unknown>>(text, params)).rows,
    $executeRawUnsafe: async (text: string, ...params: unknown[]): Promise<number> =>
      (await connection.query(text, params)).rowCount ?? 0,
  };
}

export type TestClient = ReturnType<typeof rawMethods>;

/** A client with Prisma's raw methods and interactive transactions. */
export function pgPrisma(connectionString: string) {
  const pool = new Pool({ connectionString, max: 12, connectionTimeoutMillis: 5_000 });
  // An idle connection that dies with the server must not end the process; the next query opens another.
  pool.on('error', () => undefined);
  const $transaction = async <T>(work: (client: TestClient) => Promise<T>): Promise<T> => {
    const connection = await pool.connect();
    connection.on('error', () => undefined);
    try {
      await connection.query('BEGIN');
      const result = await work(rawMethods(connection));
      await connection.query('COMMIT');
      connection.release();
      return result;
    } catch (error) {
      connection.release(true); // ends the session, and with it the transaction
      throw error;
    }
  };
  return { ...rawMethods(pool), $transaction, $disconnect: () => pool.end() };
}
