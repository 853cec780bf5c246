import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startServers, type TestServers } from '@earmark/testkit';

const main = fileURLToPath(new URL('../support/note-main.js', import.meta.url));

let servers: TestServers<{ nats: true; postgres: true }>;
let env: Record<string, string>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
  env = { NATS_URL: servers.nats.url, DATABASE_URL: await servers.postgres.createDatabase('catalog') };
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await servers?.stop();
});

function run(changes: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main], { env: { PATH: process.env.PATH ?? '', ...env, ...changes } });
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output.text += bytes.toString()));
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  const logged = (message: string) => eventually(() => output.text.includes(`"msg":"${message}"`), { timeoutMs: 20_000 });
  return { child, output, exit, logged };
}

describe('runService', () => {
  it('serves until SIGTERM, then ends in order', async () => {
    const { child, output, exit, logged } = run();
    await logged('ready');
    const url = /"url":"([^"]+)"/.exec(output.text)?.[1] ?? '';
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    child.kill('SIGUSR2');
    await logged('a rejection was not handled: this is a bug');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });

  it('says what is missing and exits with 1', async () => {
    const { output, exit } = run({ WITHOUT_RPC: '1' });
    expect(await exit).toEqual([1, null]);
    expect(output.text).toContain('The rpc catalog.count-notes has no handler: write a method with @HandlesRpc(...)');
  });

  it('says which variable is wrong and exits with 78', async () => {
    const { output, exit } = run({ PORT: 'http', DATABASE_URL: '' });
    expect(await exit).toEqual([78, null]);
    expect(output.text.trim().split('\n')).toEqual([expect.stringMatching(/^DATABASE_URL: /), expect.stringMatching(/^PORT: /)]);
  });
});
