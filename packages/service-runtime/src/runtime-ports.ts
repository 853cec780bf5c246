import type { NatsConnection, OutboxRelay } from '@earmark/messaging';
import type { Clock, Inbox, Logger, Outbox, Sql, UnitOfWork } from '@earmark/service-kit';
import type { ServiceOptions } from './service-options.js';

/** What the parts of a service that run by themselves are made of. */
export interface RuntimePorts {
  readonly options: ServiceOptions;
  readonly connection: NatsConnection;
  readonly uow: UnitOfWork;
  readonly sql: Sql;
  readonly outbox: Outbox;
  readonly relay: OutboxRelay;
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly owner: string;
}
