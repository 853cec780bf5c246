import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { catalogRoutes } from '@earmark/contracts/catalog/routes';
import { idempotencyKeyIn, ifMatchIn, keyTextIn, requestIdIn, requireJson, requireMultipart } from './request-headers.js';

const { createDataset, listDatasets } = catalogRoutes;

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'ok';
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

describe('headers', () => {
  it.each([
    [{ 'x-api-key': 'k' }, 'k'],
    [{ authorization: 'Bearer k' }, 'k'],
    [{ authorization: 'bearer  k' }, 'k'],
    [{ 'x-api-key': 'k', authorization: 'Bearer other' }, 'k'],
    [{ authorization: 'Basic k' }, null],
    [{ authorization: `Bearer ${'k'.repeat(5_000)}` }, null],
    [{ 'x-api-key': '' }, null],
    [{}, null],
  ])('%j carries the key %s', (headers, key) => {
    expect(keyTextIn(headers)).toBe(key);
  });

  it('keeps only request ids that can stand in a log', () => {
    expect(requestIdIn({ 'x-request-id': 'abc-1' })).toBe('abc-1');
    for (const wrong of ['', 'two words', 'x'.repeat(101), 'a\u0001', 'é'])
      expect(requestIdIn({ 'x-request-id': wrong })).toBeNull();
  });

  it('reads conditions', () => {
    expect(ifMatchIn({})).toBeNull();
    expect(ifMatchIn({ 'if-match': '*' })).toBeNull();
    expect(ifMatchIn({ 'if-match': '"3"' })).toBe('3');
    expect(ifMatchIn({ 'if-match': 'W/"3"' })).toBe('3');
    expect(ifMatchIn({ 'if-match': '3' })).toBe('3');
    expect(codeOf(() => ifMatchIn({ 'if-match': '"1", "2"' }))).toBe('malformed_request');
    expect(idempotencyKeyIn({ 'idempotency-key': 'abc' }, createDataset)).toBe('abc');
    expect(idempotencyKeyIn({ 'idempotency-key': 'abc' }, listDatasets)).toBeNull();
    expect(codeOf(() => idempotencyKeyIn({ 'idempotency-key': 'x'.repeat(256) }, createDataset))).toBe('malformed_request');
  });

  it.each([
    ['application/json', 'ok'],
    ['Application/JSON; charset=UTF-8', 'ok'],
    ['application/merge-patch+json', 'ok'],
    ['application/json; charset=utf-16', 'unsupported_media_type'],
    ['text/plain', 'unsupported_media_type'],
    ['', 'unsupported_media_type'],
  ])('a JSON body of type %s is %s', (type, outcome) => {
    expect(codeOf(() => requireJson({ 'content-type': type }))).toBe(outcome);
  });

  it('takes no encoded bodies', () => {
    expect(codeOf(() => requireJson({ 'content-type': 'application/json', 'content-encoding': 'gzip' }))).toBe(
      'unsupported_media_type',
    );
    expect(codeOf(() => requireMultipart({ 'content-type': 'multipart/form-data; boundary=x' }))).toBe('ok');
    expect(codeOf(() => requireMultipart({ 'content-type': 'application/json' }))).toBe('unsupported_media_type');
  });
});
