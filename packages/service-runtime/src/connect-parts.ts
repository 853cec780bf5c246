import type { MinioBlobStore } from '@earmark/blob-store';
import { connectNats, ConnectionState, type NatsConnection, OutboxRelay, platformCatalogue, RpcClient } from '@earmark/messaging';
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
} from '@earmark/service-kit';
import type { ServiceConfig } from './config/environment.js';
import { databaseAdapter } from './database.js';
import { objectStorage } from './object-storage.js';
import type { RuntimeParts, Service, ServiceParts } from './service-parts.js';

/** Draining waits for the server, which may be away: then nothing is left to drain. */
async function closeConnection(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  if (ConnectionState.of(connection).connected) await connection.drain();
  else await connection.close();
}

/** Connects to what every service stands on; waits for NATS as long as it takes. */
export async function connectParts(service: Service, config: ServiceConfig): Promise<RuntimeParts> {
  const [clock, ids, worker] = [systemClock, uuidV7Ids, workerId()];
  const logger = createLogger({ service: service.context, level: config.LOG_LEVEL });
  const connection = await connectNats({ servers: config.NATS_URL, name: `${service.context} ${worker}`, logger });
  const prisma = new service.prisma({ adapter: databaseAdapter(config, `earmark ${service.context}`) });
  const uow = prismaUnitOfWork(prisma, {
    maxWait: config.DATABASE_CONNECT_TIMEOUT_MS,
    timeout: config.DATABASE_TRANSACTION_TIMEOUT_MS,
  });
  const sql = sqlOf(uow);
  const relay = new OutboxRelay({ connection, uow, sql, logger });
  const parser = new MessageParser(service.catalogue ?? platformCatalogue);
  const closers = [() => closeConnection(connection).then(() => prisma.$disconnect())];
  let blobs: MinioBlobStore | undefined;
  const onStop: ServiceParts['onStop'] = (close) => void closers.push(async () => close());
  const connectBlobs = (): MinioBlobStore => {
    const store = objectStorage(config, clock);
    onStop(() => store.close());
    return store;
  };
  return {
    ...{ service, config, prisma, uow, sql, relay, connection, clock, ids, logger, workerId: worker, onStop },
    outbox: new Outbox({ uow, sql, ids, clock, parser, nudge: relay.nudge }),
    ledger: new IdempotencyLedger(sql),
    inbox: new Inbox(sql),
    rpc: new RpcClient({ connection, logger }),
    get blobs() {
      return (blobs ??= connectBlobs());
    },
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}
