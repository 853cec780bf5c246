import { createHash } from 'node:crypto';
import { transition, type Scope, type Transition } from '@earmark/contracts';
import { apiKeyRevoked } from '@earmark/contracts/gateway/events';

/** What is known of an API key; its text is shown once and never kept. */
export interface ApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** The first characters, to recognise the key by. */
  readonly prefix: string;
  /** SHA-256 of the text, lower-case hex. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const MARK = 'em_live_';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const SHOWN_CHARS = MARK.length + 6;
const CHECKSUM_CHARS = 6;
const FORM = /^em_live_[a-z2-7]{38}$/;

/** How many random bytes a key is made of: 32 letters of 5 bits. */
export const keyRandomBytes = 32;

/** The text of a key: `em_live_`, 32 random letters (160 bits), 6 letters of checksum; throws RangeError on another number of bytes. */
export function keyTextFrom(randomBytes: Uint8Array): string {
  if (randomBytes.length !== keyRandomBytes) throw new RangeError(`a key is made of ${keyRandomBytes} random bytes`);
  const body = MARK + letters(randomBytes);
  return body + checksumOf(body);
}

/** Whether a text can be a key at all: form and checksum. Keeps typing errors and guesses away from the database. */
export function isKeyText(text: string): boolean {
  const body = text.slice(0, -CHECKSUM_CHARS);
  return FORM.test(text) && text === body + checksumOf(body);
}

/** What is stored instead of the text. */
export function keyHashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export interface NewApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/** A key that was just made, to be stored. */
export function createdKey(draft: NewApiKey, text: string, at: Date): ApiKey {
  return {
    ...draft,
    prefix: text.slice(0, SHOWN_CHARS),
    hash: keyHashOf(text),
    createdAt: at,
    lastUsedAt: null,
    revokedAt: null,
  };
}

/** Revokes a key; every gateway hears of it. */
export function revokedKey(key: ApiKey, at: Date): Transition<ApiKey> {
  return transition({ ...key, revokedAt: at }, [apiKeyRevoked.fact({ tenantId: key.tenantId, keyId: key.id })]);
}

/** Whether the key opens anything at this time. */
export function isUsable(key: ApiKey, at: Date): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt.getTime() > at.getTime());
}

function checksumOf(body: string): string {
  return letters(createHash('sha256').update(body).digest().subarray(0, CHECKSUM_CHARS));
}

const letters = (bytes: Uint8Array): string => Array.from(bytes, (byte) => ALPHABET.charAt(byte & 31)).join('');
