/** Injection tokens of what ServiceModule provides. `Outbox`, `Inbox`, `RpcClient` are injected by class. */
export const UNIT_OF_WORK = Symbol('UnitOfWork');
export const SQL = Symbol('Sql');
export const OUTBOX = Symbol('Outbox');
export const CLOCK = Symbol('Clock');
export const IDS = Symbol('IdSource');
export const LOGGER = Symbol('Logger');
/** string: names this process in leases. */
export const WORKER_ID = Symbol('WorkerId');
/** The NatsConnection that everything in the process shares. */
export const CONNECTION = Symbol('NatsConnection');
/** ServiceOptions as given to ServiceModule.forRoot. */
export const SERVICE_OPTIONS = Symbol('ServiceOptions');
/** The service's PrismaClient, as made by `createPrisma`. */
export const PRISMA = Symbol('PrismaClient');
