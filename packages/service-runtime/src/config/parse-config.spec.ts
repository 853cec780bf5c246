import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, parseConfig } from './parse-config.js';
import { serviceEnv, storageEnv } from './environment.js';

const schema = z.object({ ...serviceEnv, ...storageEnv });
const storage = { S3_ENDPOINT: 'http://127.0.0.1:9000', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 's', S3_BUCKET: 'bucket' };

describe('the configuration', () => {
  it('has defaults, reads numbers and is frozen', () => {
    const config = parseConfig(schema, { DATABASE_URL: 'postgresql://x', PORT: '8080', JOB_CONCURRENCY: '', ...storage });
    expect(config).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 8080,
      LOG_LEVEL: 'info',
      SHUTDOWN_GRACE_MS: 10_000,
      S3_REGION: 'us-east-1',
    });
    expect(config.JOB_CONCURRENCY).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('says one sentence per wrong variable', () => {
    const read = (): unknown => parseConfig(schema, { PORT: '99999', DATABASE_URL: '', ...storage, S3_ENDPOINT: 'nowhere' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/^DATABASE_URL: .*\.\nPORT: .*\.\nS3_ENDPOINT: .*\.$/);
  });
});
