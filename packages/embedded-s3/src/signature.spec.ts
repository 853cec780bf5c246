import { describe, expect, it } from '@jest/globals';
import { EMPTY_SHA256, sameSignature, signPolicy, signRequest } from './signature.js';

// The published examples of the Amazon S3 API Reference: "Signature Calculations for the Authorization Header" and
// "Authenticating Requests in Browser-Based Uploads Using POST" (both in "Authenticating Requests (AWS Signature Version 4)").
const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const scope = { secretKey, day: '20130524', region: 'us-east-1' };
const timestamp = '20130524T000000Z';
const host = ['host', 'examplebucket.s3.amazonaws.com'] as const;
const date = ['x-amz-date', timestamp] as const;
const empty = ['x-amz-content-sha256', EMPTY_SHA256] as const;

describe('Signature Version 4', () => {
  it('signs GET Object with a range', () => {
    const signedHeaders = [host, ['range', 'bytes=0-9'], empty, date] as const;
    const request = { method: 'GET', path: '/test.txt', query: [], signedHeaders, payloadHash: EMPTY_SHA256 };
    expect(signRequest(request, timestamp, scope)).toBe('f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41');
  });

  it('signs PUT Object with a key that needs encoding', () => {
    const payloadHash = '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072';
    const signedHeaders = [
      ['date', 'Fri, 24 May 2013 00:00:00 GMT'],
      host,
      ['x-amz-content-sha256', payloadHash],
      date,
      ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
    ] as const;
    const request = { method: 'PUT', path: '/test$file.text', query: [], signedHeaders, payloadHash };
    expect(signRequest(request, timestamp, scope)).toBe('98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd');
  });

  it('signs queries without a value, and in their order', () => {
    const request = { method: 'GET', path: '/', signedHeaders: [host, empty, date], payloadHash: EMPTY_SHA256 };
    expect(signRequest({ ...request, query: [['lifecycle', '']] }, timestamp, scope)).toBe(
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
    const query = [['prefix', 'J'] as const, ['max-keys', '2'] as const];
    expect(signRequest({ ...request, query }, timestamp, scope)).toBe(
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    );
  });

  it('signs a presigned URL', () => {
    const query = [
      ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
      ['X-Amz-Credential', 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request'],
      ['X-Amz-Date', timestamp],
      ['X-Amz-Expires', '86400'],
      ['X-Amz-SignedHeaders', 'host'],
    ] as const;
    const request = { method: 'GET', path: '/test.txt', query, signedHeaders: [host], payloadHash: 'UNSIGNED-PAYLOAD' };
    expect(signRequest(request, timestamp, scope)).toBe('aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  });

  it('signs a POST policy', () => {
    const policy = [
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
    const signature = signPolicy(Buffer.from(policy).toString('base64'), { ...scope, day: '20151229' });
    expect(signature).toBe('8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e');
  });

  it('takes nothing but the same 64 hex digits for the same signature', () => {
    const signature = 'ab'.repeat(32);
    expect(sameSignature(signature, signature)).toBe(true);
    expect(sameSignature(signature, 'ac'.repeat(32))).toBe(false);
    expect(sameSignature(signature, signature.slice(2))).toBe(false);
    expect(sameSignature(signature, 'no hex')).toBe(false);
  });
});
