#!/usr/bin/env node
// Creates the bucket of S3_BUCKET when it is not there; safe to repeat. Reads the storage variables that every service reads.
import { MinioBlobStore } from '@earmark/blob-store';

const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
};

try {
  const store = new MinioBlobStore({
    endpoint: required('S3_ENDPOINT'),
    accessKey: required('S3_ACCESS_KEY'),
    secretKey: required('S3_SECRET_KEY'),
    bucket: required('S3_BUCKET'),
    region: process.env.S3_REGION || 'us-east-1',
    now: () => new Date(),
  });
  await store.ensureBucket();
  store.close();
  console.log(`The bucket ${process.env.S3_BUCKET} is there.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
