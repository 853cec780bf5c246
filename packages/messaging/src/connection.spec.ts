import { describe, expect, it } from '@jest/globals';
import { accessOf, MAX_PAYLOAD_BYTES, tooSmall } from './connection.js';

describe('the connection', () => {
  it('refuses a server whose messages are too small, with what to change', () => {
    expect(tooSmall(MAX_PAYLOAD_BYTES)).toBeNull();
    expect(tooSmall(1_048_576)).toMatch(/at most 1048576 bytes.*set max_payload: 8MB/);
  });

  it('takes credentials and encryption from the address', () => {
    expect(accessOf('nats://127.0.0.1:4222')).toEqual({});
    expect(accessOf('127.0.0.1:4222')).toEqual({});
    expect(accessOf('nats://catalog:p%40ss@nats:4222')).toEqual({ user: 'catalog', pass: 'p@ss', inboxPrefix: '_INBOX.catalog' });
    expect(accessOf('tls://s3cret@nats:4222')).toEqual({ token: 's3cret', tls: {} });
  });
});
