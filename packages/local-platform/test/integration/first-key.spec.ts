import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  freePort,
  temporaryNats,
  temporaryPostgres,
  temporaryS3,
  type TemporaryS3,
  type TemporaryServer,
} from '@earmark/local-platform';
import { createDatabase, migrateAll } from '@earmark/local-platform/database';
import { firstKey } from '../../src/platform/first-key.js';
import type { Home } from '../../src/platform/home.js';
import { serviceProcess, serviceUrl } from '../../src/platform/services.js';
import type { ManagedProcess } from '../../src/processes/managed-process.js';
import { temporaryHome } from '../support/temporary-home.js';

let [nats, postgres, s3]: [TemporaryServer, TemporaryServer, TemporaryS3] = [] as never;
let home: Home;
let gateway: ManagedProcess;
let gatewayUrl: string;
let databaseUrl: string;

beforeAll(async () => {
  [nats, postgres, s3] = await Promise.all([temporaryNats(), temporaryPostgres(), temporaryS3()]);
  await Promise.all([nats, postgres, s3].map((server) => server.start()));
  home = temporaryHome();
  const adminUrl = await createDatabase(postgres.url);
  const [migrated] = await migrateAll({ adminUrl, apps: ['gateway'], passwordOf: () => 'test' });
  databaseUrl = migrated?.url ?? '';
  const port = await freePort();
  gatewayUrl = serviceUrl(port);
  const objectStore = { ...s3.account, url: s3.url, publicUrl: s3.url };
  gateway = serviceProcess({ home, name: 'gateway', port, natsUrl: nats.url, databaseUrl, objectStore });
  await gateway.start();
});
afterAll(async () => {
  await gateway.stop();
  fs.rmSync(home.dir, { recursive: true });
  await Promise.all([nats, postgres, s3].map((server) => server.stop()));
  for (const server of [nats, postgres, s3]) server.remove();
});

const keyNow = (): Promise<string> => firstKey({ home, gatewayUrl, databaseUrl });

interface KeyList {
  items: { id: string }[];
}

async function keysOf(key: string): Promise<KeyList> {
  return (await (await fetch(`${gatewayUrl}/api/v1/auth/api-keys`, { headers: { 'x-api-key': key } })).json()) as KeyList;
}

/** Revokes every key of the organisation with `key`, and waits until the gateway refuses it. */
async function revokeAll(key: string): Promise<void> {
  for (const { id } of (await keysOf(key)).items)
    await fetch(`${gatewayUrl}/api/v1/auth/api-keys/${id}`, { method: 'DELETE', headers: { 'x-api-key': key } });
  expect((await fetch(`${gatewayUrl}/api/v1/auth/api-keys`, { headers: { 'x-api-key': key } })).status).toBe(401);
}

describe('the first API key', () => {
  it('stays the same while it works, and is replaced by another one of the same organisation when it was revoked', async () => {
    const first = await keyNow();
    expect(await keyNow()).toBe(first);
    await revokeAll(first);
    const second = await keyNow();
    expect(second).not.toBe(first);
    expect((await keysOf(second)).items).toHaveLength(1);
    expect(await keyNow()).toBe(second);
  });

  it('is made anew when its file was lost and the organisation is there already', async () => {
    const first = await keyNow();
    fs.rmSync(home.keyFile);
    const second = await keyNow();
    expect(second).not.toBe(first);
    expect(await keysOf(second)).toEqual(await keysOf(first));
  });
});
