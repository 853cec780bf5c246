import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { asProblem, databaseProblem } from './database-problem.js';

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('database errors', () => {
  it('that mean an outage or a lost race are service_unavailable', () => {
    const outages = [
      withCode('ECONNREFUSED'),
      withCode('57P01'),
      withCode('40P01'),
      withCode('P2028'),
      withCode('P1001'),
      new Error('Connection terminated unexpectedly'),
      Object.assign(new Error('Invalid invocation'), {
        code: 'P2010',
        meta: { driverAdapterError: { cause: { originalCode: '57P03' } } },
      }),
      new AggregateError([withCode('ECONNREFUSED')]),
      new Error('outer', { cause: { kind: 'x', cause: withCode('ECONNRESET') } }),
    ];
    for (const error of outages) {
      expect(databaseProblem(error)).toMatchObject({ code: 'service_unavailable', retryAfterSeconds: 1 });
    }
  });

  it('that mean anything else stay bugs', () => {
    for (const error of [withCode('23505'), withCode('P2002'), new TypeError('x'), null, 'text', { code: 42 }])
      expect(databaseProblem(error)).toBeNull();
  });

  it('never hide a problem that was thrown', () => {
    const thrown = new Problem('dataset_not_found', 'None.', { cause: withCode('ECONNREFUSED') });
    expect(asProblem(thrown)).toBe(thrown);
  });
});

describe('storage errors', () => {
  const storageError = (code: string, retryable: boolean): Error =>
    Object.assign(new Error('x', { cause: withCode('ECONNREFUSED') }), { name: 'BlobStoreError', code, retryable });

  it('that pass by themselves are problems of storage, the others bugs', () => {
    expect(asProblem(storageError('unavailable', true))).toMatchObject({
      code: 'service_unavailable',
      detail: 'Object storage is not available at the moment.',
    });
    expect(asProblem(storageError('full', true))).toMatchObject({ code: 'storage_full' });
    expect(asProblem(Object.assign(new Error('x'), { name: 'BlobStoreError', code: 'denied', retryable: false }))).toBeNull();
  });
});
