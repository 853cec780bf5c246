import { describe, expect, it } from '@jest/globals';
import { Uuid } from '@earmark/contracts';
import { derivedId } from './ids.js';

describe('a derived id', () => {
  it('is a UUID that the same parts always lead to', () => {
    expect(derivedId('tenant', 'key', 0)).toBe(derivedId('tenant', 'key', 0));
    expect(Uuid.safeParse(derivedId('tenant', 'key', 0)).error).toBeUndefined();
  });

  it('differs with every part and with where one part ends', () => {
    const ids = [
      derivedId('tenant', 'key', 0),
      derivedId('tenant', 'key', 1),
      derivedId('tenant', 'key', '0'),
      derivedId('tenant', 'other', 0),
      derivedId('tenantk', 'ey', 0),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
