import { beforeEach, describe, expect, it } from '@jest/globals';
import { createdKey, keyTextFrom, type ApiKey } from '../domain/api-key.js';
import { Authenticate } from './authenticate.js';

const text = keyTextFrom(new Uint8Array(32).fill(7));
const other = keyTextFrom(new Uint8Array(32).fill(8));
const start = new Date('2026-01-02T03:04:05Z');
const tenantId = '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0000';
const draft = { id: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0008', tenantId, name: 'CI', scopes: ['read'], expiresAt: null } as const;

describe('authentication', () => {
  let now: Date;
  let stored: Map<string, ApiKey>;
  let lookups: number;
  let answer: (hash: string) => Promise<ApiKey | null>;
  let authenticate: Authenticate;

  beforeEach(() => {
    now = start;
    lookups = 0;
    const key = createdKey(draft, text, start);
    stored = new Map([[key.hash, key]]);
    answer = async (hash) => stored.get(hash) ?? null;
    const findByHash = (hash: string): Promise<ApiKey | null> => {
      lookups += 1;
      return answer(hash);
    };
    authenticate = new Authenticate({ keys: { findByHash } as never, clock: { now: () => now } });
  });

  const code = (keyText: string | null): Promise<unknown> =>
    authenticate.execute(keyText).then(
      () => 'ok',
      (error: unknown) => (error as { code: unknown }).code,
    );
  const revoke = (): void => stored.forEach((key, hash) => stored.set(hash, { ...key, revokedAt: now }));

  it('asks the database once a second, for many callers at once', async () => {
    expect(await Promise.all(Array.from({ length: 50 }, () => code(text)))).toEqual(Array(50).fill('ok'));
    expect(lookups).toBe(1);
    now = new Date(start.getTime() + 999);
    expect(await code(text)).toBe('ok');
    expect(lookups).toBe(1);
    now = new Date(start.getTime() + 1000);
    expect(await code(text)).toBe('ok');
    expect(lookups).toBe(2);
  });

  it('refuses none, nonsense without a look-up, and the unknown', async () => {
    expect(await code(null)).toBe('unauthenticated');
    expect(await code('em_live_guess')).toBe('unauthenticated');
    expect(lookups).toBe(0);
    expect(await code(other)).toBe('unauthenticated');
    expect(lookups).toBe(1);
  });

  it('notices a revocation within a second by itself, and at once when it is told', async () => {
    expect(await code(text)).toBe('ok');
    revoke();
    expect(await code(text)).toBe('ok');
    authenticate.forget(draft.id);
    await Promise.resolve();
    expect(await code(text)).toBe('unauthenticated');
  });

  it('judges a look-up that was on its way when the key was revoked', async () => {
    let arrive: (key: ApiKey | null) => void = () => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    const early = code(text);
    authenticate.forget(draft.id);
    arrive([...stored.values()][0] ?? null);
    expect(await early).toBe('ok');
    revoke();
    answer = async (hash) => stored.get(hash) ?? null;
    expect(await code(text)).toBe('unauthenticated');
  });

  it('forgets the keys of a deleted organisation', async () => {
    expect(await code(text)).toBe('ok');
    stored.clear();
    authenticate.forgetTenant(tenantId);
    await Promise.resolve();
    expect(await code(text)).toBe('unauthenticated');
  });

  it('sees an expiry inside its memory', async () => {
    stored.forEach((key, hash) => stored.set(hash, { ...key, expiresAt: new Date(start.getTime() + 500) }));
    expect(await code(text)).toBe('ok');
    now = new Date(start.getTime() + 500);
    expect(await code(text)).toBe('unauthenticated');
    expect(lookups).toBe(1);
  });

  it('does not remember a failed look-up', async () => {
    answer = () => Promise.reject(new Error('the database is away'));
    await expect(authenticate.execute(text)).rejects.toThrow('away');
    answer = async (hash) => stored.get(hash) ?? null;
    expect(await code(text)).toBe('ok');
  });
});
