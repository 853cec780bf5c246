import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createdKey, isKeyText, isUsable, keyHashOf, keyTextFrom, revokedKey } from './api-key.js';

const text = keyTextFrom(new Uint8Array(32).map((_, index) => index));
const at = new Date('2026-01-02T03:04:05Z');
const draft = {
  id: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0008',
  tenantId: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0000',
  name: 'CI',
  scopes: ['read'],
  expiresAt: null,
} as const;

describe('the text of a key', () => {
  it('has the documented form', () => {
    expect(text).toMatch(/^em_live_abcdefghijklmnopqrstuvwxyz234567[a-z2-7]{6}$/);
    expect(isKeyText(text)).toBe(true);
    expect(() => keyTextFrom(new Uint8Array(31))).toThrow(RangeError);
  });

  it('shows a single wrong character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: text.length - 1 }), fc.constantFrom(...'abc234'), (place, letter) => {
        fc.pre(text.charAt(place) !== letter);
        expect(isKeyText(text.slice(0, place) + letter + text.slice(place + 1))).toBe(false);
      }),
    );
  });

  it.each(['', 'em_live_', `${text} `, text.toUpperCase(), text.replace('live', 'test'), 'x'.repeat(100_000)])(
    'is not %.20s',
    (wrong) => {
      expect(isKeyText(wrong)).toBe(false);
    },
  );
});

describe('a key', () => {
  it('keeps a prefix and a hash, not the text', () => {
    const key = createdKey(draft, text, at);
    expect(key.prefix).toBe('em_live_abcdef');
    expect(key.hash).toBe(keyHashOf(text));
    expect(JSON.stringify(key)).not.toContain(text);
  });

  it('opens until the instant it expires or is revoked', () => {
    const key = createdKey({ ...draft, expiresAt: at }, text, at);
    expect(isUsable(key, new Date(at.getTime() - 1))).toBe(true);
    expect(isUsable(key, at)).toBe(false);
    const revoked = revokedKey(createdKey(draft, text, at), at);
    expect(isUsable(revoked.next, at)).toBe(false);
    expect(revoked.facts.map((fact) => fact.name)).toEqual(['gateway.api-key-revoked']);
  });
});
