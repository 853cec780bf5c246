import { tmpdir } from 'node:os';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const wholeNumber = z.coerce.number().int().positive();

/** Variables of the database. Times are milliseconds; a connection that is cut by one of them answers service_unavailable. */
export const databaseEnv = {
  /** PostgreSQL, with `?schema=` of the service. */
  DATABASE_URL: z.string().min(1),
  /** Connections of one process at most. All processes together must stay below the server's max_connections. */
  DATABASE_POOL_SIZE: wholeNumber.max(1_000).default(10),
  /** Waiting for a free connection of the pool, or for a new one. */
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber.default(5_000),
  /** One statement. */
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber.default(60_000),
  /** Waiting for a lock that another transaction holds. */
  DATABASE_LOCK_TIMEOUT_MS: wholeNumber.default(15_000),
  /** A transaction in which nothing happens. */
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: wholeNumber.default(60_000),
  /** A whole transaction. */
  DATABASE_TRANSACTION_TIMEOUT_MS: wholeNumber.default(120_000),
} as const;

export type DatabaseConfig = z.output<z.ZodObject<typeof databaseEnv>>;

/** Variables that every service reads; spread into the service's own schema: `z.object({ ...serviceEnv, ... })`. */
export const serviceEnv = {
  /** One or more NATS servers, comma separated. */
  NATS_URL: z.string().min(1).default('nats://127.0.0.1:4222'),
  ...databaseEnv,
  HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free one. */
  PORT: port.default(0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  EARMARK_DATA_DIR: z.string().min(1).default(tmpdir()),
  /** Jobs this process works on at once, instead of the contracts' numbers. */
  JOB_CONCURRENCY: wholeNumber.optional(),
  /** After SIGTERM the service is not ready but still answers for so long, until load balancers have noticed. */
  SHUTDOWN_NOTICE_MS: z.coerce.number().int().nonnegative().default(0),
  /** How long requests and work in hand may go on after that. */
  SHUTDOWN_GRACE_MS: z.coerce.number().int().nonnegative().default(10_000),
  /** Caps of the streams; the server reserves them on its disk. */
  EVENTS_MAX_BYTES: wholeNumber.default(2 * 1024 ** 3),
  JOBS_MAX_BYTES: wholeNumber.default(512 * 1024 ** 2),
  DEAD_MAX_BYTES: wholeNumber.default(512 * 1024 ** 2),
} as const;

export type ServiceConfig = z.output<z.ZodObject<typeof serviceEnv>>;

/** Variables of services that use object storage. */
export const storageEnv = {
  S3_ENDPOINT: z.url(),
  /** The same storage by the name that browsers use, where it differs. */
  S3_PUBLIC_ENDPOINT: z.url().optional(),
  S3_ACCESS_KEY: z.string().min(1),
  S3_SECRET_KEY: z.string().min(1),
  S3_BUCKET: z.string().min(3),
  S3_REGION: z.string().min(1).default('us-east-1'),
} as const;

export type StorageConfig = z.output<z.ZodObject<typeof storageEnv>>;
