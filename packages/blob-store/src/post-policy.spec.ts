import { describe, expect, it } from '@jest/globals';
import { postPolicyFields, signText } from './post-policy.js';

// Amazon S3 API Reference, "Examples: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)".
const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const publishedPolicy = [
  '{ "expiration": "2015-12-30T12:00:00.000Z",',
  '  "conditions": [',
  '    {"bucket": "sigv4examplebucket"},',
  '    ["starts-with", "$key", "user/user1/"],',
  '    {"acl": "public-read"},',
  '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
  '    ["starts-with", "$Content-Type", "image/"],',
  '    {"x-amz-meta-uuid": "14365123651274"},',
  '    {"x-amz-server-side-encryption": "AES256"},',
  '    ["starts-with", "$x-amz-meta-tag", ""],',
  '',
  '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
  '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
  '    {"x-amz-date": "20151229T000000Z" }',
  '  ]',
  '}',
].join('\r\n');

describe('POST policy', () => {
  it('signs the published example', () => {
    const signature = signText(Buffer.from(publishedPolicy).toString('base64'), '20151229', {
      secretKey,
      region: 'us-east-1',
    });
    expect(signature).toBe('8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e');
  });

  it('pins key, bucket, type and length, and ends in time', () => {
    const request = { key: 't/uploads/1', contentType: 'audio/wav', minBytes: 5, maxBytes: 9, expiresInSeconds: 900 };
    const identity = { accessKey: 'AK', secretKey, region: 'eu-west-1' };
    const { policy = '', ...fields } = postPolicyFields('bucket', request, identity, new Date('2026-01-02T03:04:05.678Z'));
    expect(fields).toEqual({
      key: 't/uploads/1',
      bucket: 'bucket',
      'Content-Type': 'audio/wav',
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': 'AK/20260102/eu-west-1/s3/aws4_request',
      'x-amz-date': '20260102T030405Z',
      'x-amz-signature': signText(policy, '20260102', identity),
    });
    expect(JSON.parse(Buffer.from(policy, 'base64').toString())).toEqual({
      expiration: '2026-01-02T03:19:05.678Z',
      conditions: [
        ['eq', '$key', 't/uploads/1'],
        ['eq', '$bucket', 'bucket'],
        ['eq', '$Content-Type', 'audio/wav'],
        ['eq', '$x-amz-algorithm', 'AWS4-HMAC-SHA256'],
        ['eq', '$x-amz-credential', 'AK/20260102/eu-west-1/s3/aws4_request'],
        ['eq', '$x-amz-date', '20260102T030405Z'],
        ['content-length-range', 5, 9],
      ],
    });
  });

  it('refuses an empty file unless told otherwise', () => {
    const { policy = '' } = postPolicyFields(
      'b',
      { key: 'k', maxBytes: 9, expiresInSeconds: 1 },
      { accessKey: 'AK', secretKey, region: 'r' },
      new Date(0),
    );
    expect(Buffer.from(policy, 'base64').toString()).toContain('["content-length-range",1,9]');
  });
});
