/** Injection tokens of a service's parts. `Outbox`, `Inbox`, `RpcClient` are injected by class. */
export const UNIT_OF_WORK = Symbol('UnitOfWork');
export const SQL = Symbol('Sql');
export const OUTBOX = Symbol('Outbox');
export const CLOCK = Symbol('Clock');
export const IDS = Symbol('IdSource');
export const LOGGER = Symbol('Logger');
/** The NatsConnection that everything in the process shares. */
export const CONNECTION = Symbol('NatsConnection');
/** All parts of the running service. */
export const PARTS = Symbol('RuntimeParts');
