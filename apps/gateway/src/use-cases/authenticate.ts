import { Problem } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { isKeyText, isUsable, keyHashOf, type ApiKey } from '../domain/api-key.js';
import type { ApiKeyStore } from '../ports.js';

interface Remembered {
  readonly lookup: Promise<ApiKey | null>;
  readonly staleAtMs: number;
  /** What the look-up found, once it has. */
  known: ApiKey | null;
}

const MEMORY_MS = 1_000;
const MAX_REMEMBERED = 10_000;

const rejected = (): Problem => new Problem('unauthenticated', 'The API key is not known, or it has expired or been revoked.');

/** Who is calling. What the database said is remembered for at most a second; a revocation that is announced is acted on at once. */
export class Authenticate {
  readonly #remembered = new Map<string, Remembered>();

  constructor(private readonly ports: { keys: ApiKeyStore; clock: Clock }) {}

  /** The key of the caller; problem `unauthenticated` for none, an unknown, an expired and a revoked one. */
  async execute(keyText: string | null): Promise<ApiKey> {
    if (keyText === null) throw new Problem('unauthenticated', 'Send an API key in the header X-API-Key or as a bearer token.');
    if (!isKeyText(keyText)) throw rejected();
    const key = await this.#lookup(keyHashOf(keyText));
    if (key === null || !isUsable(key, this.ports.clock.now())) throw rejected();
    return key;
  }

  /**
   * The caller as last seen, if at all, without asking anyone. It may be out of date, so it is good for refusing a call and for nothing
   * else.
   */
  lastSeen(keyText: string | null): ApiKey | null {
    return keyText === null ? null : (this.#remembered.get(keyHashOf(keyText))?.known ?? null);
  }

  /** Forgets a key, so that the next call asks the database. */
  forget(keyId: string): void {
    this.#forgetWhere((key) => key?.id === keyId);
  }

  /** Forgets all keys of an organisation. */
  forgetTenant(tenantId: string): void {
    this.#forgetWhere((key) => key?.tenantId === tenantId);
  }

  #lookup(hash: string): Promise<ApiKey | null> {
    const nowMs = this.ports.clock.now().getTime();
    const remembered = this.#remembered.get(hash);
    if (remembered !== undefined && remembered.staleAtMs > nowMs) return remembered.lookup;
    this.#makeRoom();
    const lookup = this.ports.keys.findByHash(hash);
    const entry: Remembered = { lookup, staleAtMs: nowMs + MEMORY_MS, known: remembered?.known ?? null };
    this.#remembered.set(hash, entry);
    // A failed look-up is nobody's answer: the next caller tries again.
    lookup.then(
      (key) => (entry.known = key),
      () => this.#remembered.delete(hash),
    );
    return lookup;
  }

  #makeRoom(): void {
    const oldest = this.#remembered.keys().next();
    if (this.#remembered.size >= MAX_REMEMBERED && oldest.done !== true) this.#remembered.delete(oldest.value);
  }

  #forgetWhere(matches: (key: ApiKey | null) => boolean): void {
    for (const [hash, { lookup }] of this.#remembered) {
      const drop = (key: ApiKey | null): void => {
        if (matches(key) && this.#remembered.get(hash)?.lookup === lookup) this.#remembered.delete(hash);
      };
      // A look-up that is on its way may still carry the old answer: it is judged when it arrives.
      void lookup.then(drop, () => undefined);
    }
  }
}
