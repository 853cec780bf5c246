import { connectNats, type NatsConnection, OutboxRelay, RpcClient } from '@earmark/messaging';
import {
  createLogger,
  IdempotencyLedger,
  Inbox,
  MessageParser,
  Outbox,
  prismaUnitOfWork,
  sqlOf,
  systemClock,
  uuidV7Ids,
  workerId,
  type Clock,
  type IdSource,
  type Logger,
  type PrismaLike,
  type Sql,
  type UnitOfWork,
} from '@earmark/service-kit';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DoorRegistry } from './door-registry.js';
import { HealthController } from './health.controller.js';
import type { ServiceOptions } from './service-options.js';
import { ServiceRuntime } from './service-runtime.js';
import { CLOCK, CONNECTION, IDS, LOGGER, OUTBOX, PRISMA, SERVICE_OPTIONS, SQL, UNIT_OF_WORK, WORKER_ID } from './tokens.js';

/** What every service stands on; import it once, in the service's own module. */
@Module({})
export class ServiceModule {
  static forRoot(options: ServiceOptions): DynamicModule {
    const providers = [...basics(options), ...storage(), ...messaging(options), runtime];
    return {
      module: ServiceModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [HealthController],
      providers: [...providers, DoorRegistry],
      exports: providers,
    };
  }
}

function basics(options: ServiceOptions): Provider[] {
  const { context, config } = options;
  return [
    { provide: SERVICE_OPTIONS, useValue: options },
    { provide: CLOCK, useValue: systemClock },
    { provide: IDS, useValue: uuidV7Ids },
    { provide: WORKER_ID, useFactory: () => workerId() },
    { provide: LOGGER, useFactory: () => createLogger({ service: context, level: config.LOG_LEVEL }) },
    { provide: PRISMA, useFactory: () => options.createPrisma() },
  ];
}

function storage(): Provider[] {
  return [
    { provide: UNIT_OF_WORK, inject: [PRISMA], useFactory: (prisma: PrismaLike) => prismaUnitOfWork(prisma) },
    { provide: SQL, inject: [UNIT_OF_WORK], useFactory: sqlOf },
    { provide: Inbox, inject: [SQL], useFactory: (sql: Sql) => new Inbox(sql) },
    { provide: IdempotencyLedger, inject: [SQL], useFactory: (sql: Sql) => new IdempotencyLedger(sql) },
  ];
}

function messaging({ context, config, catalogue }: ServiceOptions): Provider[] {
  const parser = new MessageParser(catalogue);
  return [
    {
      provide: CONNECTION,
      inject: [LOGGER, WORKER_ID],
      useFactory: (logger: Logger, worker: string) =>
        connectNats({ servers: config.NATS_URL, name: `${context} ${worker}`, logger }),
    },
    {
      provide: RpcClient,
      inject: [CONNECTION, LOGGER],
      useFactory: (connection: NatsConnection, logger: Logger) => new RpcClient({ connection, logger }),
    },
    {
      provide: OutboxRelay,
      inject: [CONNECTION, UNIT_OF_WORK, SQL, LOGGER],
      useFactory: (connection: NatsConnection, uow: UnitOfWork, sql: Sql, logger: Logger) =>
        new OutboxRelay({ connection, uow, sql, logger }),
    },
    {
      provide: Outbox,
      inject: [UNIT_OF_WORK, SQL, IDS, CLOCK, OutboxRelay],
      useFactory: (uow: UnitOfWork, sql: Sql, ids: IdSource, clock: Clock, relay: OutboxRelay) =>
        new Outbox({ uow, sql, ids, clock, parser, nudge: relay.nudge }),
    },
    { provide: OUTBOX, useExisting: Outbox },
  ];
}

/** The parts that run by themselves. */
const runtime: Provider = {
  provide: ServiceRuntime,
  inject: [SERVICE_OPTIONS, CONNECTION, UNIT_OF_WORK, SQL, Outbox, OutboxRelay, Inbox, CLOCK, LOGGER, WORKER_ID],
  useFactory: (
    options: ServiceOptions,
    connection: NatsConnection,
    uow: UnitOfWork,
    sql: Sql,
    outbox: Outbox,
    relay: OutboxRelay,
    inbox: Inbox,
    clock: Clock,
    logger: Logger,
    owner: string,
  ) => new ServiceRuntime({ options, connection, uow, sql, outbox, relay, inbox, clock, logger, owner }),
};
