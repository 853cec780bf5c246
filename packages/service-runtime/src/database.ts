import { PrismaPg } from '@prisma/adapter-pg';
import type { DatabaseConfig } from './config/environment.js';

/** Probes of idle connections begin after this time, so that a server that vanished is noticed. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** Prisma's adapter for the database and schema that `DATABASE_URL` names (`?schema=`), with the pool and timeouts of the configuration. */
export function databaseAdapter(config: DatabaseConfig, name = 'earmark'): PrismaPg {
  const schema = new URL(config.DATABASE_URL).searchParams.get('schema');
  const pool = {
    connectionString: config.DATABASE_URL,
    application_name: name,
    max: config.DATABASE_POOL_SIZE,
    connectionTimeoutMillis: config.DATABASE_CONNECT_TIMEOUT_MS,
    statement_timeout: config.DATABASE_STATEMENT_TIMEOUT_MS,
    lock_timeout: config.DATABASE_LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: config.DATABASE_IDLE_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  };
  return new PrismaPg(pool, schema === null ? {} : { schema });
}
