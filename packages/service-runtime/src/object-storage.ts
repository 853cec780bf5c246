import { MinioBlobStore } from '@earmark/blob-store';
import type { Clock } from '@earmark/service-kit';
import type { ServiceConfig, StorageConfig } from './config/environment.js';

/** Object storage as the configuration names it; throws when it does not. */
export function objectStorage(config: ServiceConfig & Partial<StorageConfig>, clock: Clock): MinioBlobStore {
  const { S3_ENDPOINT, S3_PUBLIC_ENDPOINT, S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET, S3_REGION } = config;
  if (S3_ENDPOINT === undefined || S3_ACCESS_KEY === undefined || S3_SECRET_KEY === undefined || S3_BUCKET === undefined)
    throw new Error('The configuration of this service names no object storage: spread storageEnv into its config.ts.');
  return new MinioBlobStore({
    endpoint: S3_ENDPOINT,
    ...(S3_PUBLIC_ENDPOINT === undefined ? {} : { publicEndpoint: S3_PUBLIC_ENDPOINT }),
    ...(S3_REGION === undefined ? {} : { region: S3_REGION }),
    accessKey: S3_ACCESS_KEY,
    secretKey: S3_SECRET_KEY,
    bucket: S3_BUCKET,
    now: () => clock.now(),
  });
}
