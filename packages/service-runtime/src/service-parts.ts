import type { BlobStore } from '@earmark/blob-store';
import type { Context } from '@earmark/contracts';
import type { Catalogue, NatsConnection, OutboxRelay, RpcClient } from '@earmark/messaging';
import type {
  Clock,
  IdempotencyLedger,
  IdSource,
  Inbox,
  Logger,
  Outbox,
  PrismaLike,
  Sql,
  TransactionClient,
  UnitOfWork,
} from '@earmark/service-kit';
import type { Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { PrismaPg } from '@prisma/adapter-pg';
import type { z } from 'zod';
import type { ServiceConfig } from './config/environment.js';

/** A generated Prisma client class. */
export type PrismaClass<Client> = new (options: { adapter: PrismaPg }) => Client;

/** A service over its parts: its use-cases by class, and how it takes over the HTTP server. */
export interface AssembledService {
  readonly useCases: readonly { readonly provide: Type; readonly useValue: object }[];
  readonly mountHttp: (app: NestExpressApplication) => void;
}

/** A service definition whose own types are hidden. */
export interface Service<Config extends ServiceConfig = ServiceConfig> {
  readonly context: Context;
  readonly env: z.ZodType<Config>;
  readonly inbound: readonly Type[];
  readonly answersHttp: boolean;
  readonly catalogue: Catalogue | undefined;
  readonly prisma: PrismaClass<PrismaLike>;
  readonly assemble: (parts: RuntimeParts) => Promise<AssembledService>;
}

/** What the runtime makes for every service, before its ports. */
export interface ServiceParts<Config extends ServiceConfig = ServiceConfig, Client extends PrismaLike = PrismaLike> {
  readonly config: Config;
  readonly uow: UnitOfWork<TransactionClient<Client>>;
  readonly sql: Sql;
  readonly outbox: Outbox;
  readonly ledger: IdempotencyLedger;
  readonly rpc: RpcClient;
  /** The NATS connection that everything in the process shares. */
  readonly connection: NatsConnection;
  /** Object storage; throws when the configuration names none. */
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Names this process in leases. */
  readonly workerId: string;
  /** Has something closed when the service has finished its work, in reverse order. */
  readonly onStop: (close: () => Promise<void> | void) => void;
}

/** The parts, and what only the runtime itself uses. */
export interface RuntimeParts extends ServiceParts {
  readonly service: Service;
  readonly prisma: PrismaLike;
  readonly inbox: Inbox;
  readonly relay: OutboxRelay;
  /** Closes what was given to `onStop`, then the connections to NATS and the database. */
  close(): Promise<void>;
}
