import fs from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { commandProblems } from '../src/commands.js';
import { envExample } from '../src/compose.js';
import { at, filesBelow, packageManifest, read, readYaml, serviceNames } from '../src/repository.js';
import { stagesOf } from '../src/dockerfile.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}
interface Job {
  readonly steps: readonly Step[];
  readonly 'timeout-minutes'?: number;
  readonly container?: string;
  readonly strategy?: {
    readonly matrix: { readonly node?: readonly number[]; readonly include?: readonly Record<string, string>[] };
  };
}
interface Workflow {
  readonly name: string;
  readonly on: unknown;
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const names = ['ci.yml', 'images.yml', 's3-conformance.yml', 'slow.yml'] as const;
const workflow = (name: string): Workflow => readYaml(`.github/workflows/${name}`) as Workflow;
const stepsOf = (name: string): Step[] => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps);
const text = (name: string): string => stepsOf(name).map(({ run = '' }) => run).join('\n'); // prettier-ignore

it('there are no other workflows', () => {
  expect(fs.readdirSync(at('.github/workflows')).sort()).toEqual([...names]);
});

describe.each(names)('%s', (name) => {
  it('names what starts it, what it may do, and when it gives up', () => {
    const { on, permissions, jobs } = workflow(name);
    expect(on).toBeDefined();
    expect(permissions).toMatchObject({ contents: 'read' });
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('pins its actions to a version', () => {
    const used = stepsOf(name).flatMap(({ uses }) => (uses === undefined ? [] : [uses]));
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((action) => !/^[\w-]+\/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
  });

  it('runs commands that exist', () => {
    expect(commandProblems(text(name))).toEqual([]);
    const files = [...text(name).matchAll(/(?:--file|cp) (\S+)/g)].map(([, file = '']) => file);
    expect(files.filter((file) => !fs.existsSync(at(file)))).toEqual([]);
  });
});

describe('ci.yml', () => {
  it('runs the checks and all tests, on every Node that package.json names first', () => {
    expect(text('ci.yml')).toMatch(/^npm run check$/m);
    const tested = Object.values(workflow('ci.yml').jobs).filter(({ steps }) => steps.some(({ run }) => run === 'npm test'));
    expect(tested).toHaveLength(2);
    const majors = [...(packageManifest().engines?.node ?? '').matchAll(/\^(\d+)/g)].map(([, major]) => Number(major));
    for (const { strategy } of tested) expect(strategy?.matrix.node).toEqual(majors);
    expect(tested.map(({ container }) => container)).toContain('node:${{ matrix.node }}-bookworm');
  });
});

describe('images.yml', () => {
  it('builds every service and both GPU targets', () => {
    const built = workflow('images.yml').jobs['image']?.strategy?.matrix.include ?? [];
    const names = built.map(({ name = '' }) => name);
    expect(names.sort()).toEqual([...serviceNames(), 'trainer-cuda', 'trainer-tfjs'].sort());
    const targets = stagesOf(read('infra/docker/Dockerfile')).map(({ name }) => name);
    expect(built.filter(({ target = '' }) => !targets.includes(target))).toEqual([]);
  });
});

describe('s3-conformance.yml', () => {
  it('gives the suite the account that the compose file gives the server', () => {
    const env = stepsOf('s3-conformance.yml').find((step) => step.env !== undefined)?.env ?? {};
    const { given, defaults } = envExample('infra/compose/.env.example');
    expect(env['S3_CONFORMANCE_ACCESS_KEY']).toBe(given.get('S3_ACCESS_KEY'));
    expect(env['S3_CONFORMANCE_SECRET_KEY']).toBe(given.get('S3_SECRET_KEY'));
    expect(env['S3_CONFORMANCE_ENDPOINT']).toBe(`http://127.0.0.1:${defaults.get('S3_PORT') ?? ''}`);
    const suite = read('packages/blob-store/test/integration/conformance.spec.ts');
    for (const variable of Object.keys(env)) expect(suite).toContain(`'${variable}'`);
  });
});

describe('.github', () => {
  it('has only YAML that parses', () => {
    const files = filesBelow('.github', (file) => file.endsWith('.yml'));
    expect(files.length).toBeGreaterThan(names.length);
    for (const file of files) expect(readYaml(file)).toBeInstanceOf(Object);
  });

  it('has owners and updates for folders that exist', () => {
    const owned = read('.github/CODEOWNERS').split('\n').filter((line) => line.startsWith('/')).map((line) => line.split(/\s/)[0] ?? ''); // prettier-ignore
    const updated = (readYaml('.github/dependabot.yml') as { updates: { directory: string }[] }).updates.map(
      ({ directory }) => directory,
    );
    expect([...owned, ...updated].filter((folder) => !fs.existsSync(at(folder)))).toEqual([]);
  });
});
