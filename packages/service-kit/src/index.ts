export { systemClock, type Clock } from './clock.js';
export { asProblem, databaseProblem } from './database-problem.js';
export { IdempotencyLedger, type IdempotentRequest } from './idempotency-ledger.js';
export { derivedId, uuidV7Ids, workerId, type IdSource } from './ids.js';
export { Inbox } from './inbox.js';
export { keepAlive, type KeptLease } from './keep-alive.js';
export { LeaseTable, type Lease, type LeaseHolder } from './lease-table.js';
export { createLogger, type Logger } from './logger.js';
export { MessageParser, type MessageContracts } from './message-parser.js';
export { metrics } from './metrics.js';
export { Outbox, type OutboxPorts } from './outbox.js';
export { PeriodicTask, type PeriodicTaskOptions } from './periodic-task.js';
export { sqlOf, tryLock, type Sql } from './sql.js';
export { currentTrace, startTrace, withTrace, type Trace } from './trace.js';
export {
  prismaUnitOfWork,
  type DeferredHooks,
  type PrismaLike,
  type TransactionClient,
  type UnitOfWork,
} from './unit-of-work.js';
export { done, later, skipped, type Outcome, type Work } from './work.js';
export { byCodeUnit, canonicalJson } from './canonical-json.js';
export { requireMatch } from './etag.js';
export { creationCursor, positionCursor, toList, toPageRequest, versionCursor, type CursorCodec } from './lists/cursors.js';
export {
  pageOf,
  rowsToSkip,
  type CreationKey,
  type Page,
  type PageRequest,
  type PositionKey,
  type VersionKey,
} from './lists/page.js';
export { cutToMessage, type ItemShape } from './lists/message-size.js';
export { lockClause, newerThan, olderThan, type LockStrength } from './lists/row-order.js';
