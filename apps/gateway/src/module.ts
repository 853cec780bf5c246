import { allRoutes } from '@earmark/contracts/catalogue';
import { defineService, type ServiceParts } from '@earmark/service-runtime';
import { gatewayEnv, type GatewayConfig } from './config.js';
import { ApiKeyRoutes } from './inbound/api-key.routes.js';
import { GatewayTasks } from './inbound/gateway.tasks.js';
import { answererFor } from './inbound/http/answerers.js';
import { PublicApi } from './inbound/http/public-api.js';
import { RouteTable } from './inbound/http/route-table.js';
import { sitePages } from './inbound/http/site.js';
import { NatsAnnouncements } from './outbound/nats-announcements.js';
import { PrismaApiKeyStore } from './outbound/prisma-api-key.js';
import { PrismaAuditStore } from './outbound/prisma-audit.js';
import { randomBytes } from './outbound/random-bytes.js';
import { SqlBudgetStore } from './outbound/sql-budget-store.js';
import { SqlRetentionStore } from './outbound/sql-retention.js';
import { budgetSizes, type BudgetHolderKind } from './domain/budget-sizes.js';
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
import { PrismaClient } from './outbound/prisma-client/client.js';
import { mountPublicApi } from './inbound/http/mount.js';
import { ApiKeyEvents } from './inbound/api-key.events.js';

const POLL_MS = 1_000;

/** The gateway: the public API, organisations, keys, budgets and audit. */
export const gatewayService = defineService({
  context: 'gateway',
  env: gatewayEnv,
  prisma: PrismaClient,
  ports: connectPorts,
  useCases: [
    ...[Authenticate, CreateApiKey, ListApiKeys, RevokeApiKey],
    ...[AdmitCall, ApplyRetention, RecordAudit, RecordKeyUse, UploadAudio, WatchTrainingJob],
  ],
  inbound: [ApiKeyRoutes, ApiKeyEvents, GatewayTasks],
  http: (app, ports, config) => {
    const useCases = { uploadAudio: app.get(UploadAudio), watchTrainingJob: app.get(WatchTrainingJob) };
    const api = new PublicApi({
      ...ports,
      table: new RouteTable(allRoutes),
      pages: sitePages(),
      authenticate: app.get(Authenticate),
      admitCall: app.get(AdmitCall),
      recordAudit: app.get(RecordAudit),
      recordKeyUse: app.get(RecordKeyUse),
      answer: answererFor({ ...ports, ...useCases }),
      allowedOrigins: config.CORS_ORIGINS.split(',').map((origin) => origin.trim()),
    });
    mountPublicApi(app, api);
  },
});

function connectPorts({
  config,
  uow,
  sql,
  outbox,
  rpc,
  connection,
  blobs,
  clock,
  ids,
  logger,
}: ServiceParts<GatewayConfig, PrismaClient>) {
  const budgetOf = (kind: BudgetHolderKind, perMinute: number) =>
    new SpendBudget({ budgets: new SqlBudgetStore(sql, kind), clock, sizes: budgetSizes(perMinute) });
  return {
    ...{ services: rpc, blobs, clock, ids, logger, randomBytes, pollMs: POLL_MS },
    keys: new PrismaApiKeyStore({ uow, outbox }),
    audit: new PrismaAuditStore(uow),
    ...{ retained: new SqlRetentionStore(sql), auditDays: config.AUDIT_RETENTION_DAYS },
    keyBudget: budgetOf('key', config.RATE_LIMIT_PER_MINUTE),
    organisationBudget: budgetOf('organisation', config.ORGANISATION_RATE_LIMIT_PER_MINUTE),
    calls: new CallSlots({ active: config.ORGANISATION_CONCURRENCY, waiting: config.ORGANISATION_WAITING }),
    uploads: new CallSlots({ active: config.ORGANISATION_UPLOADS, waiting: config.ORGANISATION_WAITING }),
    streams: new CallSlots({ active: config.STREAMS_PER_KEY, waiting: 0 }),
    announcements: new NatsAnnouncements({ connection, logger }),
  };
}
