// The first organisation and API key: made once per database, kept in a 0600 file so that a second start can print it again.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { readJson, writeJson } from './home.mjs';

const ORGANISATION = 'Local';

/** Returns the API key that works on the running gateway; `env` is the gateway's environment. */
export async function firstKey({ home, repositoryDir, gatewayUrl, env }) {
  const kept = readJson(home.keyFile)?.api_key;
  if (kept && (await isAccepted(gatewayUrl, kept))) return kept;
  const created = createOrganisation(repositoryDir, env);
  writeJson(home.keyFile, created);
  return created.api_key;
}

/** A key of yesterday is refused when the database is another one today. */
async function isAccepted(gatewayUrl, key) {
  const response = await fetch(`${gatewayUrl}/api/v1/auth/api-keys`, { headers: { 'x-api-key': key } });
  return response.status !== 401;
}

function createOrganisation(repositoryDir, env) {
  const admin = path.join(repositoryDir, 'apps/gateway/dist/admin.js');
  const result = spawnSync(process.execPath, [admin, 'org', 'create', ORGANISATION, '--json'], { env, encoding: 'utf8' });
  const answer = result.status === 0 ? lastJsonLine(result.stdout) : undefined;
  if (!answer?.api_key) throw new Error(`The first organisation could not be created:\n${result.stdout}${result.stderr}`);
  return { organisation_id: answer.organisation_id, api_key: answer.api_key };
}

/** The command's answer: the last line that is an object (log lines may come before it). */
function lastJsonLine(text) {
  const whole = text.trim();
  const line = whole.split('\n').findLast((candidate) => candidate.startsWith('{"'));
  return JSON.parse(line ?? whole);
}
