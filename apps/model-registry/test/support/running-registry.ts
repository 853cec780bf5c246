// The registry as it runs, over real servers.
import { createHash, randomUUID } from 'node:crypto';
import { blobKeys, MinioBlobStore } from '@earmark/blob-store';
import { Problem, type CallContext, type Message } from '@earmark/contracts';
import * as routes from '@earmark/contracts/model-registry/routes';
import { registerModel } from '@earmark/contracts/model-registry/rpcs';
import { connectNats, RpcClient } from '@earmark/messaging';
import { LOGGER, parseConfig, startService, type RunningService } from '@earmark/service-runtime';
import { startServers, type TestServers } from '@earmark/testkit';
import { Client } from 'pg';
import { modelRegistryService } from '../../src/module.js';
import { modelRegistryEnv } from '../../src/config.js';

export interface RunningRegistry {
  readonly service: RunningService;
  readonly client: RpcClient;
  readonly blobs: MinioBlobStore;
  readonly database: Client;
  /** Payloads of the outbox under a subject, oldest first. */
  said(subject: string): Promise<unknown[]>;
  /** Publishes messages as another service would. */
  publish(messages: readonly Message[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything; the grace period is 0 ms. */
export async function runRegistry(): Promise<RunningRegistry> {
  const servers = await startServers({ nats: true, postgres: true, s3: true });
  const databaseUrl = await servers.postgres.createDatabase('model-registry');
  const config = configOf(servers, databaseUrl);
  const service = await startService(modelRegistryService, config);
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  const blobs = new MinioBlobStore({ endpoint: servers.s3.url, accessKey, secretKey, region, bucket, now: () => new Date() });
  const { app } = service;
  // Specs ask the registry, which its own user may not do.
  const connection = await connectNats({ servers: servers.nats.url, name: 'spec' });
  return {
    service,
    client: new RpcClient({ connection, logger: app.get(LOGGER) }),
    blobs,
    database,
    said: async (subject) => {
      const text = 'SELECT payload FROM outbox WHERE subject = $1 ORDER BY id';
      const { rows } = await database.query<{ payload: unknown }>(text, [subject]);
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

function configOf(servers: TestServers<{ nats: true; postgres: true; s3: true }>, databaseUrl: string) {
  const { accessKey, secretKey, region, bucket } = servers.s3.account;
  return parseConfig(modelRegistryEnv, {
    NATS_URL: servers.nats.urlOf('model-registry'),
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
export const contextOf = (tenantId: string, ifMatch: string | null = null): CallContext => ({
  tenantId,
  keyId: randomUUID(),
  scopes: ['write'],
  requestId: 'spec',
  idempotencyKey: null,
  requestHash: null,
  ifMatch,
});

/** The problem that a call answers; fails when there is none. */
export function problemOf(call: Promise<unknown>): Promise<Problem> {
  return call.then(
    () => Promise.reject(new Error('The call was expected to be refused.')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );
}

/** What differs from the contract's example. */
export interface Trained {
  readonly trainingJobId?: string;
  readonly datasetId?: string;
  readonly artifactTypes?: readonly string[];
  readonly f1Score?: number;
}

/** Calls of one tenant, shortened to what specs write often. */
export function asTenant({ client, blobs }: RunningRegistry, tenantId: string = randomUUID()) {
  const context = contextOf(tenantId);
  const paramsOf = (id: string) => ({ model_id: id });
  const { exampleRequest: example } = registerModel;
  /** Stores the three files and answers the request to register them. */
  const trained = async (change: Trained) => {
    const { trainingJobId = randomUUID(), datasetId = randomUUID(), artifactTypes = ['glitch'], f1Score = 0.85 } = change;
    const stored = async (name: string) => {
      const key = blobKeys.modelArtefact({ tenantId, trainingJobId, leaseEpoch: 1, name });
      await blobs.put(key, Buffer.from(name), { contentType: 'application/octet-stream' });
      return { key, sha256: createHash('sha256').update(name).digest('hex'), sizeBytes: name.length };
    };
    const thresholds = Object.fromEntries(artifactTypes.map((type) => [type, 0.5]));
    return {
      ...example,
      tenantId,
      trainingJobId,
      datasetId,
      manifest: { ...example.manifest, artifactTypes: [...artifactTypes], thresholds },
      evalMetrics: { ...example.evalMetrics, f1_score: f1Score },
      artifacts: { onnx: await stored('model.onnx'), manifest: await stored('manifest.json'), card: await stored('card.md') },
    };
  };
  return {
    tenantId,
    context,
    trained,
    /** Stores the three files and registers the model, as the trainer does. */
    register: async (change: Trained = {}): Promise<string> => (await client.ask(registerModel, await trained(change))).modelId,
    read: (id: string) => client.call(routes.readModel, { context, params: paramsOf(id) }),
    list: async (query: object = {}) => (await client.call(routes.listModels, { context, query })).body,
    change: (id: string, body: object, ifMatch: string | null = null) =>
      client.call(routes.changeModel, { context: { ...context, ifMatch }, params: paramsOf(id), body }),
    archive: (id: string, ifMatch: string | null = null) =>
      client.call(routes.archiveModel, { context: { ...context, ifMatch }, params: paramsOf(id) }),
    download: (id: string, artifact: routes.ModelArtifact) =>
      client.call(routes.readModelArtifact, { context, params: { ...paramsOf(id), artifact } }),
  };
}
