import { MinioBlobStore } from '@earmark/blob-store';
import { allRoutes } from '@earmark/contracts/catalogue';
import { RpcClient } from '@earmark/messaging';
import { CLOCK, CONNECTION, IDS, LOGGER, ServiceModule, SQL, UNIT_OF_WORK } from '@earmark/service-runtime';
import {
  IdempotencyLedger,
  Outbox,
  PeriodicTask,
  systemClock,
  type Clock,
  type IdSource,
  type Logger,
  type Sql,
} from '@earmark/service-kit';
import { Module, type Provider, type Type } from '@nestjs/common';
import { ApiKeyRoutes } from './inbound/api-key.routes.js';
import { Housekeeping } from './inbound/gateway.tasks.js';
import { answererFor } from './inbound/http/answerers.js';
import { PublicApi } from './inbound/http/public-api.js';
import { RouteTable } from './inbound/http/route-table.js';
import { sitePages } from './inbound/http/site.js';
import { createPrisma, type GatewayUnitOfWork } from './outbound/client.js';
import { NatsAnnouncements } from './outbound/nats-announcements.js';
import { PrismaApiKeyStore } from './outbound/prisma-api-key.js';
import { PrismaAuditStore } from './outbound/prisma-audit.js';
import { randomBytes } from './outbound/random-bytes.js';
import { SqlBudgetStore } from './outbound/sql-budget-store.js';
import { SqlRetentionStore } from './outbound/sql-retention.js';
import type { GatewayConfig } from './config.js';
import { budgetSizes, type BudgetHolderKind } from './domain/budget-sizes.js';
import type { Announcements, ApiKeyStore } from './ports.js';
import { AdmitCall } from './use-cases/admit-call.js';
import { ApplyRetention } from './use-cases/apply-retention.js';
import { Authenticate } from './use-cases/authenticate.js';
import { CallSlots } from './use-cases/call-slots.js';
import { CreateApiKey } from './use-cases/create-api-key.js';
import { ListApiKeys } from './use-cases/list-api-keys.js';
import { RecordAudit } from './use-cases/record-audit.js';
import { RecordKeyUse } from './use-cases/record-key-use.js';
import { RevokeApiKey } from './use-cases/revoke-api-key.js';
import { SpendBudget } from './use-cases/spend-budget.js';
import { UploadAudio } from './use-cases/upload-audio.js';
import { WatchTrainingJob } from './use-cases/watch-training-job.js';

const KEYS = Symbol('ApiKeyStore');
const ANNOUNCEMENTS = Symbol('Announcements');
const BLOBS = Symbol('BlobStore');

const BUDGETS = Symbol('Budgets');
type Budgets = Readonly<Record<'keyBudget' | 'organisationBudget', SpendBudget>>;

const POLL_MS = 1_000;
const RETENTION_EVERY_MS = 3_600_000;

/** The gateway as a Nest module: what is plugged in where. */
export function gatewayModule(config: GatewayConfig): Type {
  @Module({
    imports: [ServiceModule.forRoot({ context: 'gateway', config, createPrisma: () => createPrisma(config.DATABASE_URL) })],
    controllers: [ApiKeyRoutes],
    providers: [...adapters(config), ...useCases(config), ...doors(config)],
  })
  class GatewayModule {}
  return GatewayModule;
}

function adapters(config: GatewayConfig): Provider[] {
  return [
    {
      provide: KEYS,
      inject: [UNIT_OF_WORK, Outbox],
      useFactory: (uow: GatewayUnitOfWork, outbox: Outbox) => new PrismaApiKeyStore({ uow, outbox }),
    },
    {
      provide: ANNOUNCEMENTS,
      inject: [CONNECTION, LOGGER],
      useFactory: (connection: ConstructorParameters<typeof NatsAnnouncements>[0]['connection'], logger: Logger) =>
        new NatsAnnouncements({ connection, logger }),
    },
    { provide: BLOBS, useFactory: () => blobStore(config) },
  ];
}

function blobStore(config: GatewayConfig): MinioBlobStore {
  return new MinioBlobStore({
    endpoint: config.S3_ENDPOINT,
    ...(config.S3_PUBLIC_ENDPOINT === undefined ? {} : { publicEndpoint: config.S3_PUBLIC_ENDPOINT }),
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    bucket: config.S3_BUCKET,
    region: config.S3_REGION,
    now: () => systemClock.now(),
  });
}

function useCases(config: GatewayConfig): Provider[] {
  return [
    {
      provide: Authenticate,
      inject: [KEYS, CLOCK],
      useFactory: (keys: ApiKeyStore, clock: Clock) => new Authenticate({ keys, clock }),
    },
    {
      provide: CreateApiKey,
      inject: [KEYS, CLOCK, IDS],
      useFactory: (keys: ApiKeyStore, clock: Clock, ids: IdSource) => new CreateApiKey({ keys, clock, ids, randomBytes }),
    },
    { provide: ListApiKeys, inject: [KEYS], useFactory: (keys: ApiKeyStore) => new ListApiKeys({ keys }) },
    {
      provide: RevokeApiKey,
      inject: [KEYS, CLOCK],
      useFactory: (keys: ApiKeyStore, clock: Clock) => new RevokeApiKey({ keys, clock }),
    },
    {
      provide: BUDGETS,
      inject: [SQL, CLOCK],
      useFactory: (sql: Sql, clock: Clock): Budgets => ({
        keyBudget: budgetOf('key', config.RATE_LIMIT_PER_MINUTE, sql, clock),
        organisationBudget: budgetOf('organisation', config.ORGANISATION_RATE_LIMIT_PER_MINUTE, sql, clock),
      }),
    },
    {
      provide: AdmitCall,
      inject: [BUDGETS],
      useFactory: (budgets: Budgets) => new AdmitCall({ ...budgets, ...slotsOf(config) }),
    },
    {
      provide: ApplyRetention,
      inject: [SQL, CLOCK],
      useFactory: (sql: Sql, clock: Clock) =>
        new ApplyRetention({ retained: new SqlRetentionStore(sql), clock, auditDays: config.AUDIT_RETENTION_DAYS }),
    },
    {
      provide: RecordAudit,
      inject: [UNIT_OF_WORK, LOGGER],
      useFactory: (uow: GatewayUnitOfWork, logger: Logger) => new RecordAudit({ audit: new PrismaAuditStore(uow), logger }),
    },
    {
      provide: RecordKeyUse,
      inject: [KEYS, CLOCK, LOGGER],
      useFactory: (keys: ApiKeyStore, clock: Clock, logger: Logger) => new RecordKeyUse({ keys, clock, logger }),
    },
    {
      provide: UploadAudio,
      inject: [RpcClient, BLOBS, IDS, IdempotencyLedger],
      useFactory: (services: RpcClient, blobs: MinioBlobStore, ids: IdSource, ledger: IdempotencyLedger) =>
        new UploadAudio({ services, blobs, ids, ledger }),
    },
    {
      provide: WatchTrainingJob,
      inject: [RpcClient, ANNOUNCEMENTS],
      useFactory: (services: RpcClient, announcements: Announcements) =>
        new WatchTrainingJob({ services, announcements, pollMs: POLL_MS }),
    },
  ];
}

function budgetOf(kind: BudgetHolderKind, perMinute: number, sql: Sql, clock: Clock): SpendBudget {
  return new SpendBudget({ budgets: new SqlBudgetStore(sql, kind), clock, sizes: budgetSizes(perMinute) });
}

function slotsOf(config: GatewayConfig) {
  const { ORGANISATION_CONCURRENCY: active, ORGANISATION_WAITING: waiting, ORGANISATION_UPLOADS, STREAMS_PER_KEY } = config;
  return {
    calls: new CallSlots({ active, waiting }),
    uploads: new CallSlots({ active: ORGANISATION_UPLOADS, waiting }),
    streams: new CallSlots({ active: STREAMS_PER_KEY, waiting: 0 }),
  };
}

function doors(config: GatewayConfig): Provider[] {
  return [
    {
      provide: Housekeeping,
      inject: [ANNOUNCEMENTS, Authenticate, RecordAudit, RecordKeyUse, BUDGETS, ApplyRetention, SQL, LOGGER],
      useFactory: (
        announcements: Announcements,
        authenticate: Authenticate,
        recordAudit: RecordAudit,
        recordKeyUse: RecordKeyUse,
        { keyBudget, organisationBudget }: Budgets,
        applyRetention: ApplyRetention,
        sql: Sql,
        logger: Logger,
      ) => {
        const run = (): Promise<void> => applyRetention.execute();
        const retention = new PeriodicTask({ name: 'retention', everyMs: RETENTION_EVERY_MS, run, sql, logger });
        const budgets = [keyBudget, organisationBudget];
        return new Housekeeping({ announcements, authenticate, recordAudit, recordKeyUse, budgets, retention });
      },
    },
    {
      provide: PublicApi,
      inject: [
        Authenticate,
        AdmitCall,
        RecordAudit,
        RecordKeyUse,
        RpcClient,
        BLOBS,
        UploadAudio,
        WatchTrainingJob,
        CLOCK,
        IDS,
        LOGGER,
      ],
      useFactory: (
        authenticate: Authenticate,
        admitCall: AdmitCall,
        recordAudit: RecordAudit,
        recordKeyUse: RecordKeyUse,
        services: RpcClient,
        blobs: MinioBlobStore,
        uploadAudio: UploadAudio,
        watchTrainingJob: WatchTrainingJob,
        clock: Clock,
        ids: IdSource,
        logger: Logger,
      ) =>
        new PublicApi({
          table: new RouteTable(allRoutes),
          pages: sitePages(),
          authenticate,
          admitCall,
          recordAudit,
          recordKeyUse,
          answer: answererFor({ services, blobs, uploadAudio, watchTrainingJob }),
          allowedOrigins: config.CORS_ORIGINS.split(',').map((origin) => origin.trim()),
          clock,
          ids,
          logger,
        }),
    },
  ];
}
