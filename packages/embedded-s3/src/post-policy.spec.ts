import { describe, expect, it } from '@jest/globals';
import { checkPostPolicy } from './post-policy.js';
import { signPolicy } from './signature.js';

const identity = { accessKey: 'access', secretKey: 'secret', region: 'us-east-1' };
const nowMs = Date.parse('2026-01-01T12:00:00Z');
const credential = 'access/20260101/us-east-1/s3/aws4_request';
const basics = [{ bucket: 'b' }, ['eq', '$x-amz-credential', credential], { 'x-amz-algorithm': 'AWS4-HMAC-SHA256' }];

function form(conditions: unknown[], fields: Record<string, string>, expiration = '2026-01-01T12:00:01Z'): Map<string, string> {
  const policy = Buffer.from(JSON.stringify({ expiration, conditions: [...basics, ...conditions] })).toString('base64');
  return new Map(
    Object.entries({
      bucket: 'b',
      policy,
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': credential,
      'x-amz-signature': signPolicy(policy, { secretKey: 'secret', day: '20260101', region: 'us-east-1' }),
      ...fields,
    }),
  );
}
const check = (fields: Map<string, string>) => checkPostPolicy(fields, identity, nowMs);
const exactKey = ['eq', '$key', 'k'];

describe('checkPostPolicy', () => {
  it('answers the length range of a form that keeps every condition', () => {
    const conditions = [
      ['content-length-range', 3, 7],
      ['starts-with', '$key', 'up/'],
      { 'Content-Type': 'audio/wav' },
      ['starts-with', '$x-amz-meta-a', ''],
    ];
    const fields = { key: 'up/x', 'content-type': 'audio/wav', 'x-amz-meta-a': 'anything', 'x-ignore-me': '1' };
    expect(check(form(conditions, fields))).toEqual({ minBytes: 3, maxBytes: 7 });
  });

  it.each([
    ['another key', form([exactKey], { key: 'other' })],
    ['no key condition', form([], {})],
    ['an unnamed key', form([], { key: 'k' })],
    ['a field no condition names', form([exactKey], { key: 'k', acl: 'public-read' })],
    ['another bucket', form([exactKey], { key: 'k', bucket: 'other' })],
    ['an empty value for a demanded one', form([exactKey, { 'Content-Type': 'audio/wav' }], { key: 'k' })],
    ['a key outside the prefix', form([['starts-with', '$key', 'up/']], { key: 'down/x' })],
    ['a policy that ended', form([exactKey], { key: 'k' }, '2026-01-01T12:00:00Z')],
    ['a policy without an end', form([exactKey], { key: 'k' }, 'never')],
    ['another algorithm', form([exactKey], { key: 'k', 'x-amz-algorithm': 'AWS2' })],
    ['another region', form([exactKey], { key: 'k', 'x-amz-credential': credential.replace('us-east-1', 'mars') })],
  ])('denies %s', (_, fields) => {
    expect(() => check(fields)).toThrow(expect.objectContaining({ code: 'AccessDenied' }));
  });

  it('denies a policy that was edited after signing', () => {
    const fields = form([exactKey], { key: 'k' });
    const wider = form([['starts-with', '$key', '']], { key: 'k' }).get('policy') ?? '';
    expect(() => check(new Map([...fields, ['policy', wider]]))).toThrow(
      expect.objectContaining({ code: 'SignatureDoesNotMatch' }),
    );
  });

  it('denies a stranger', () => {
    const fields = new Map([
      ...form([exactKey], { key: 'k' }),
      ['x-amz-credential', credential.replace('access', 'stranger')] as const,
    ]);
    expect(() => check(fields)).toThrow(expect.objectContaining({ code: 'InvalidAccessKeyId' }));
  });

  it('does not guess at an operator it does not know', () => {
    expect(() => check(form([exactKey, ['matches', '$key', '.*']], { key: 'k' }))).toThrow(
      expect.objectContaining({ code: 'MalformedPOSTRequest' }),
    );
  });
});
