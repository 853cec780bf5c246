import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

describe('examples/python/quickstart.py', () => {
  it('passes with nothing but requests and espeak-ng, knowing only the base URL and the key', () => {
    const run = spawnSync('/usr/bin/python3', ['examples/python/quickstart.py'], {
      cwd: repository,
      env: { ...process.env, EARMARK_HOME: process.env.EARMARK_JOURNEY_HOME },
      encoding: 'utf8',
      timeout: 400_000,
    });
    expect({ status: run.status, error: run.stderr.slice(-2000) }).toEqual({ status: 0, error: '' });
    expect(run.stdout).toMatch(/artifacts found in audio the model never heard/);
  }, 420_000);
});
