import { Problem } from '@earmark/contracts';
import { storageProblem } from './storage-problem.js';

// Prisma: P1xxx cannot reach or was cut off, P2024 no free connection, P2028 transaction lost, P2034 write conflict or deadlock.
const PRISMA_CODES = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);
// PostgreSQL: shutting down, starting up, cut off, too many connections, serialization failure, deadlock, and the timeouts of statements,
// locks and idle transactions.
const POSTGRES_CODES = /^(57P0[0-5]|08...|53...|40001|40P01|57014|55P03|25P0[34])$/;
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);
const MESSAGES =
  /DatabaseNotReachable|ConnectionClosed|SocketTimeout|Connection terminated|Can't reach database server|timeout exceeded when trying to connect|Unable to start a transaction|connection (was )?closed|not queryable|terminating connection|the database system is/i;

const MAX_DEPTH = 5;

/** The problem `service_unavailable` when `error` means that the database cannot be reached or gave up for the moment; else null. */
export function databaseProblem(error: unknown): Problem | null {
  if (!isOutage(error, 0)) return null;
  return new Problem('service_unavailable', 'The database is not available at the moment.', {
    retryAfterSeconds: 1,
    cause: error,
  });
}

/** A Problem that was thrown, or the one that an infrastructure error means; null for a bug. */
export function asProblem(error: unknown): Problem | null {
  return error instanceof Problem ? error : (storageProblem(error) ?? databaseProblem(error));
}

function isOutage(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || error instanceof Problem || depth > MAX_DEPTH) return false;
  const { code, originalCode, kind, message, cause, meta, errors } = error as Record<string, unknown>;
  if ([code, originalCode, kind].some(isOutageCode)) return true;
  if (typeof message === 'string' && MESSAGES.test(message)) return true;
  const within = [cause, meta, driverError(meta), ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return within.some((inner) => isOutage(inner, depth + 1));
}

function isOutageCode(code: unknown): boolean {
  if (typeof code !== 'string') return false;
  return PRISMA_CODES.has(code) || SOCKET_CODES.has(code) || POSTGRES_CODES.test(code);
}

function driverError(meta: unknown): unknown {
  return typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>)['driverAdapterError'] : undefined;
}
