#!/usr/bin/env node
// `npm run admin -- org create NAME`: the gateway's operator commands, against the platform that runs here or the one the
// environment names (DATABASE_URL and the rest of the gateway's configuration).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { homePaths, readJson, repositoryDir, secret } from './home.mjs';
import { runCommand } from './run-command.mjs';
import { serviceEnv } from './services.mjs';
import { UserError } from './user-error.mjs';

await runCommand(async () => {
  const admin = path.join(repositoryDir, 'apps/gateway/dist/admin.js');
  const { status } = spawnSync(process.execPath, [admin, ...process.argv.slice(2)], {
    env: await gatewayEnv(),
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
});

async function gatewayEnv() {
  const home = homePaths();
  const ready = readJson(home.readyFile);
  if (!ready && process.env.DATABASE_URL) return process.env;
  if (!ready)
    throw new UserError(
      'No platform runs here: start it with npm start, or set DATABASE_URL and the other variables of the gateway.',
    );
  const { roleUrl } = await import('../database/roles.mjs');
  const { nats_url, database_url, s3_endpoint, s3 } = ready.servers;
  const objectStore = { url: s3_endpoint, publicUrl: s3_endpoint, accessKey: s3.access_key, secretKey: s3.secret_key, ...s3 };
  const databaseUrl = roleUrl(database_url, 'gateway', secret(home, 'database-gateway'));
  return serviceEnv({
    home,
    name: 'gateway',
    port: new URL(ready.gateway_url).port,
    natsUrl: nats_url,
    databaseUrl,
    objectStore,
  });
}
