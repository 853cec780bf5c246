import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentOf, stagesOf, type Stage } from '../src/dockerfile.js';
import { isPinned } from '../src/kubernetes/pod-rules.js';
import { at, moduleAt, packageManifest, read, serviceNames } from '../src/repository.js';
import { variablesOf } from '../src/service-schemas.js';

const dockerfile = read('infra/docker/Dockerfile');
const stages = stagesOf(dockerfile);
const stage = (name: string): Stage => {
  const found = stages.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no stage ${name}.`);
  return found;
};
const running = ['service', 'trainer-cuda', 'trainer-tfjs'] as const;

describe('the Dockerfile', () => {
  it('starts from pinned images or from earlier stages', () => {
    for (const [index, { from }] of stages.entries())
      expect({ from, known: isPinned(from) || stages.slice(0, index).some(({ name }) => name === from) }).toEqual({
        from,
        known: true,
      });
  });

  it('runs on Node 24, and tfjs on Node 22, both accepted by package.json', () => {
    expect(stage('node').from).toMatch(/^node:24\.\d+\.\d+-bookworm-slim$/);
    expect(packageManifest().engines?.node).toContain('>=24');
    const [, minor = ''] = /^node:22\.(\d+)\.\d+-bookworm-slim$/.exec(stage('node-tfjs').from) ?? [];
    expect(Number(minor)).toBeGreaterThanOrEqual(12);
    expect(packageManifest().engines?.node).toContain('^22.12.0');
    for (const name of ['assemble-tfjs', 'trainer-tfjs']) expect(JSON.stringify(stage(name))).toContain('node-tfjs');
  });

  it('installs packages from the manifests alone, so that a changed source does not install them again', () => {
    const installing = stages.filter(({ instructions }) => instructions.some(({ rest }) => rest.includes('npm ci')));
    expect(installing.map(({ name }) => name)).toEqual(['packages']);
    const copied = stage('packages').instructions.filter(({ word }) => word === 'COPY').map(({ rest }) => rest); // prettier-ignore
    expect(copied).toEqual(['--from=manifests /src ./']);
    const [deletion = ''] = stage('manifests').instructions.filter(({ word }) => word === 'RUN').map(({ rest }) => rest); // prettier-ignore
    const kept = [...deletion.matchAll(/! -name (\S+)/g)].map(([, name]) => name);
    expect(kept).toEqual(['package.json', 'package-lock.json', '.npmrc']);
    expect(deletion).toContain('-delete');
  });

  it('builds any service unless told otherwise', () => {
    expect(stages.at(-1)?.name).toBe('service');
  });

  it('copies from stages and runs scripts that exist', () => {
    const copied = [...dockerfile.matchAll(/--from=([\w-]+)/g)].map(([, name = '']) => name);
    expect(copied.filter((name) => !stages.some((candidate) => candidate.name === name))).toEqual([]);
    const scripts = [...dockerfile.matchAll(/node ((?:tools|infra|node_modules)\/\S+\.m?js)/g)].map(([, file = '']) => file);
    expect(scripts.length).toBeGreaterThanOrEqual(5);
    expect(scripts.filter((file) => !fs.existsSync(at(file)))).toEqual([]);
  });

  it('installs the optional peer that packages/learning names', () => {
    const learning = JSON.parse(read('packages/learning/package.json')) as { peerDependencies: Record<string, string> };
    const [[name, version] = []] = Object.entries(learning.peerDependencies);
    expect(dockerfile).toContain(`${String(name)}@${String(version)} `);
  });

  it.each(running)('%s runs as an ordinary user, ends on SIGTERM and reports its health', (name) => {
    const own = stage(name).instructions.map(({ word, rest }) => `${word} ${rest}`);
    expect(own).toContain('USER 10001:10001');
    expect(own).toContain('STOPSIGNAL SIGTERM');
    expect(own).toContain('CMD ["node", "--enable-source-maps", "dist/main.js"]');
    expect(own.find((line) => line.startsWith('HEALTHCHECK'))).toMatch(/process\.env\.PORT\}\/health\/live/);
    expect(own).toContain(`EXPOSE ${environmentOf(stage(name)).get('PORT') ?? ''}`);
  });

  it.each(running)('%s sets variables that the services read', async (name) => {
    const known = new Set([...(await variablesOf(name === 'service' ? 'catalog' : 'trainer')).keys(), 'NODE_ENV', 'HOME']);
    expect([...environmentOf(stage(name)).keys()].filter((variable) => !known.has(variable))).toEqual([]);
    expect(environmentOf(stage(name)).get('HOST')).toBe('0.0.0.0');
  });

  it('leaves out of the build context what is secret, installed or built', () => {
    const ignored = read('infra/docker/Dockerfile.dockerignore').split('\n');
    expect(ignored[1]).toBe('*');
    expect(ignored).toEqual(expect.arrayContaining(['**/node_modules', '**/dist', '**/.earmark', '**/.env', '**/prisma-client']));
    const included = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace('/*/package.json', ''));
    expect(included).toEqual(
      expect.arrayContaining(['apps', 'packages', 'tools', 'infra', 'tests', 'package-lock.json', '.npmrc']),
    );
  });
});

describe('what goes into an image', () => {
  let folder = '';
  let assembled: string[] = [];
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-image-'));
    const { assemble } = (await moduleAt('infra/docker/assemble.mjs')) as { assemble: (service: string, to: string) => string[] };
    assembled = assemble('ingest', path.join(folder, 'ingest'));
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  const inImage = (...parts: string[]): string => path.join(folder, 'ingest', ...parts);
  const node = (cwd: string, ...args: string[]) =>
    spawnSync(process.execPath, args, { cwd: inImage(cwd), env: { PATH: process.env['PATH'] }, encoding: 'utf8' });

  it('is what the service needs, without compilers, tests and other systems', () => {
    expect(assembled).toEqual(
      expect.arrayContaining([
        'apps/ingest',
        'packages/messaging',
        'packages/audio-files',
        'node_modules/opus-decoder',
        'node_modules/pg',
      ]),
    );
    const unwanted = [
      'node_modules/typescript',
      'node_modules/prisma',
      'node_modules/jest',
      'packages/testkit',
      'packages/embedded-s3',
    ];
    expect(assembled.filter((name) => unwanted.includes(name))).toEqual([]);
    const files = fs.readdirSync(inImage('packages'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((file) => file.includes('.spec.') || file.includes(`dist${path.sep}test`) || /\.ts$/.test(file))).toEqual(
      [],
    );
    expect(fs.readdirSync(inImage('node_modules/onnxruntime-node/bin/napi-v6'))).toEqual([process.platform]);
  });

  it('starts: without its configuration it says what is missing', () => {
    const { status, stderr } = node('apps/ingest', '--enable-source-maps', 'dist/main.js');
    expect(stderr).toMatch(/^DATABASE_URL: .+\n/);
    expect(status).toBe(78);
  });

  it('holds the migrations of all services and the scripts that need them', () => {
    const { stderr } = node('.', 'infra/database/migrate.mjs', '--app', 'none');
    expect(stderr.trim()).toBe(`--app takes one of: ${serviceNames().join(', ')}.`);
    expect(node('.', 'infra/storage/create-bucket.mjs').stderr.trim()).toBe('Set S3_ENDPOINT.');
  });

  it('refuses a service that is not built, and a folder that is in use', async () => {
    const { assemble } = (await moduleAt('infra/docker/assemble.mjs')) as { assemble: (service: string, to: string) => string[] };
    expect(() => assemble('studio', path.join(folder, 'x'))).toThrow('apps/studio is not a built service');
    expect(() => assemble('ingest', folder)).toThrow('is not empty');
  });
});
