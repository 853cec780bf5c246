// The first organisation and API key: made once per database, kept in a 0600 file so that a second start can print it again.
import type { Home } from './home.js';
import { askOperatorCommand } from './operator-command.js';

const ORGANISATION = 'Local';
const KEY_NAME = 'Local platform';

interface KeptKey {
  readonly organisation_id?: string;
  readonly api_key: string;
}

export interface FirstKeyOptions {
  readonly home: Home;
  readonly gatewayUrl: string;
  /** The gateway's own. */
  readonly databaseUrl: string;
}

/** An API key that works on the running gateway: the kept one, else a new one for our organisation. */
export async function firstKey({ home, gatewayUrl, databaseUrl }: FirstKeyOptions): Promise<string> {
  const kept = home.readJson<KeptKey | null>(home.keyFile, null);
  if (kept && (await isAccepted(gatewayUrl, kept.api_key))) return kept.api_key;
  const created = createKey(databaseUrl, kept?.organisation_id);
  home.writeJson(home.keyFile, created);
  return created.api_key;
}

/** A kept key is refused when it was revoked, or when the database is another one than last time. */
async function isAccepted(gatewayUrl: string, key: string): Promise<boolean> {
  const response = await fetch(`${gatewayUrl}/api/v1/auth/api-keys`, { headers: { 'x-api-key': key } });
  return response.status !== 401;
}

/** A further key for the organisation we know; else a new organisation; else a key for the one that has its name already. */
function createKey(databaseUrl: string, keptOrganisationId: string | undefined): KeptKey {
  const attempts = [
    ...(keptOrganisationId === undefined ? [] : [['key', 'create', keptOrganisationId, KEY_NAME]]),
    ['org', 'create', ORGANISATION],
    ['key', 'create', ORGANISATION, KEY_NAME],
  ];
  const failures: unknown[] = [];
  for (const args of attempts) {
    try {
      const { organisation_id = '', api_key = '' } = askOperatorCommand(databaseUrl, args);
      return { organisation_id, api_key };
    } catch (error) {
      failures.push(error);
    }
  }
  throw failures.at(-1);
}
