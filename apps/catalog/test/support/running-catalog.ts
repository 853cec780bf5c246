// Catalog as it runs, over real servers; ingest is a stand-in.
import { randomUUID } from 'node:crypto';
import { MinioBlobStore } from '@earmark/blob-store';
import { Problem, type CallContext, type Message } from '@earmark/contracts';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { connectNats, RpcClient } from '@earmark/messaging';
import { LOGGER, parseConfig, startService, type RunningService } from '@earmark/service-runtime';
import { startServers, type TestServers } from '@earmark/testkit';
import { Client } from 'pg';
import { catalogService } from '../../src/module.js';
import { catalogEnv } from '../../src/config.js';
import { StandInIngest } from './stand-ins.js';

export interface RunningCatalog {
  readonly service: RunningService;
  readonly servers: TestServers<{ nats: true; postgres: true; s3: true }>;
  readonly client: RpcClient;
  readonly ingest: StandInIngest;
  readonly blobs: MinioBlobStore;
  readonly database: Client;
  /** Payloads of the outbox under a contract's name, oldest first. */
  said(subject: string): Promise<unknown[]>;
  /** Publishes messages as another service would. */
  publish(messages: readonly Message[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything; deleted things may go at once, and go when a spec says so. */
export async function runCatalog(): Promise<RunningCatalog> {
  const servers = await startServers({ nats: true, postgres: true, s3: true });
  const databaseUrl = await servers.postgres.createDatabase('catalog');
  const service = await startService(catalogService, configOf(servers, databaseUrl));
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  const blobs = new MinioBlobStore({ endpoint: servers.s3.url, accessKey, secretKey, region, bucket, now: () => new Date() });
  const { app } = service;
  // Specs ask the catalog and play the services it asks, which its own user may not do.
  const connection = await connectNats({ servers: servers.nats.url, name: 'spec' });
  return {
    service,
    servers,
    client: new RpcClient({ connection, logger: app.get(LOGGER) }),
    ingest: new StandInIngest(connection),
    blobs,
    database,
    said: async (subject) => {
      const { rows } = await database.query<{ payload: unknown }>('SELECT payload FROM outbox WHERE subject = $1 ORDER BY id', [
        subject,
      ]);
      return rows.map((row) => row.payload);
    },
    publish: async (messages) => {
      for (const { subject, payload } of messages) connection.publish(subject, JSON.stringify(payload));
      await connection.flush();
    },
    stop: async () => {
      await database.end();
      blobs.close();
      await service.stop();
      await connection.close();
      await servers.stop();
    },
  };
}

function configOf(servers: RunningCatalog['servers'], databaseUrl: string) {
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  return parseConfig(catalogEnv, {
    NATS_URL: servers.nats.urlOf('catalog'),
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'error',
    EVENTS_MAX_BYTES: String(64 * 1024 ** 2),
    JOBS_MAX_BYTES: String(16 * 1024 ** 2),
    DEAD_MAX_BYTES: String(16 * 1024 ** 2),
    S3_ENDPOINT: servers.s3.url,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
    S3_REGION: region,
    S3_BUCKET: bucket,
    DELETION_GRACE_MS: '0',
  });
}

/** What the gateway sends along with a call. */
export const contextOf = (tenantId: string, changes: Partial<CallContext> = {}): CallContext => ({
  tenantId,
  keyId: randomUUID(),
  scopes: ['write'],
  requestId: 'spec',
  idempotencyKey: null,
  requestHash: null,
  ifMatch: null,
  ...changes,
});

/** The problem that a call answers; fails when there is none. */
export function problemOf(call: Promise<unknown>): Promise<Problem> {
  return call.then(
    () => Promise.reject(new Error('The call was expected to be refused.')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );
}

/** Calls of one tenant, shortened to what specs write often. */
export function asTenant({ client }: RunningCatalog, tenantId: string = randomUUID()) {
  const context = contextOf(tenantId);
  const setParams = (set: { id: string; dataset_id: string }) => ({ dataset_id: set.dataset_id, annotation_set_id: set.id });
  return {
    tenantId,
    context,
    setParams,
    dataset: async (names: readonly string[] = ['glitch', 'long_pause']) => {
      const body = { name: 'TTS', artifact_types: names.map((name) => ({ name })) };
      return (await client.call(routes.createDataset, { context, body })).body;
    },
    draft: async (datasetId: string, copyFrom?: string) => {
      const body = copyFrom === undefined ? {} : { copy_from: copyFrom };
      return (await client.call(routes.createAnnotationSet, { context, params: { dataset_id: datasetId }, body })).body;
    },
    set: (set: { id: string; dataset_id: string }) => client.call(routes.readAnnotationSet, { context, params: setParams(set) }),
    add: async (set: { id: string; dataset_id: string }, annotation: NewAnnotation) =>
      (await client.call(routes.createAnnotation, { context, params: setParams(set), body: annotation })).body,
    addAll: async (set: { id: string; dataset_id: string }, annotations: readonly NewAnnotation[]) =>
      (
        await client.call(routes.createAnnotationsInBulk, {
          context,
          params: setParams(set),
          body: { annotations: [...annotations] },
        })
      ).body,
    publish: async (set: { id: string; dataset_id: string }) =>
      (await client.call(routes.publishAnnotationSet, { context, params: setParams(set) })).body,
    deleteSet: (set: { id: string; dataset_id: string }) =>
      client.call(routes.deleteAnnotationSet, { context, params: setParams(set) }),
  };
}

export interface NewAnnotation {
  audio_file_id: string;
  artifact_type: string;
  start_ms: number;
  end_ms: number;
  confidence?: number;
  extra_data?: Record<string, string | number>;
}

/** A glitch of 100 ms. */
export const glitchAt = (audioFileId: string, startMs: number): NewAnnotation => ({
  audio_file_id: audioFileId,
  artifact_type: 'glitch',
  start_ms: startMs,
  end_ms: startMs + 100,
});
