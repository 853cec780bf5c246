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
  readonly if?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly defaults?: { readonly run: { readonly 'working-directory': string } };
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node?: readonly number[]; readonly name?: readonly string[] } };
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
    for (const { steps, defaults } of Object.values(workflow(name).jobs)) {
      const folder = defaults?.run['working-directory'] ?? '.';
      const script = steps.map(({ run = '' }) => run).join('\n');
      expect(commandProblems(script, folder)).toEqual([]);
      const files = [...script.matchAll(/(?:--file|cp|-k|python3) (\S+)/g)].map(([, file = '']) => file);
      expect(files.filter((file) => !fs.existsSync(at(folder, file)))).toEqual([]);
    }
  });

  it('lets nobody write packages but a job that only tags start', () => {
    const { permissions, jobs } = workflow(name);
    expect(permissions).not.toHaveProperty('packages');
    const writers = Object.values(jobs).filter((job) => Object.values(job.permissions ?? {}).includes('write'));
    expect(writers.filter((job) => job.if !== "github.ref_type == 'tag'")).toEqual([]);
  });
});

describe('ci.yml', () => {
  const jobs = workflow('ci.yml').jobs;
  const scriptOf = (job: string): string => (jobs[job]?.steps ?? []).map(({ run = '' }) => run).join('\n');

  it('runs .ci/run, and all tests on a fresh Debian, on every Node that package.json names', () => {
    expect(fs.statSync(at('.ci/run')).mode & 0o111).not.toBe(0);
    expect(scriptOf('ubuntu')).toMatch(/^\.ci\/run$/m);
    expect(scriptOf('debian')).toMatch(/^npm test$/m);
    const majors = [...(packageManifest().engines?.node ?? '').matchAll(/(?:\^|>=)(\d+)/g)].map(([, major]) => Number(major));
    expect(majors).toHaveLength(3);
    for (const job of ['ubuntu', 'debian']) expect(jobs[job]?.strategy?.matrix.node).toEqual(majors);
    expect(jobs['debian']?.container).toBe('node:${{ matrix.node }}-bookworm');
  });

  it('brings the platform up in containers and in a cluster, and runs the quickstart against both', () => {
    expect(scriptOf('compose')).toMatch(/^docker compose up --build --wait /m);
    const files = (jobs['compose']?.env?.['COMPOSE_FILE'] ?? '').split(':');
    expect(files.map((file) => fs.existsSync(at('infra/compose', file)))).toEqual([true, true]);
    expect(scriptOf('kind')).toMatch(/^kubectl apply -k k8s\/overlays\/dev$/m);
    const [, built = ''] = /for service in ([^;]+);/.exec(scriptOf('kind')) ?? [];
    expect(built.split(' ')).toEqual(serviceNames());
    for (const job of ['compose', 'kind']) {
      expect(scriptOf(job)).toMatch(/python3 \S*examples\/python\/quickstart\.py --base-url/);
      expect(scriptOf(job)).toContain("grep -oE 'em_live_");
    }
  });
});

describe('images.yml', () => {
  it('builds every service and both GPU targets, and publishes the same', () => {
    const { build, publish } = workflow('images.yml').jobs;
    const names = [...(build?.strategy?.matrix.name ?? [])];
    expect(names.sort()).toEqual([...serviceNames(), 'trainer-cuda', 'trainer-tfjs'].sort());
    expect([...(publish?.strategy?.matrix.name ?? [])].sort()).toEqual(names);
    const targets = stagesOf(read('infra/docker/Dockerfile')).map(({ name }) => name);
    expect(targets).toEqual(expect.arrayContaining(['service', 'trainer-cuda', 'trainer-tfjs']));
  });

  it('starts when anything changes that goes into an image', () => {
    const { pull_request } = workflow('images.yml').on as { pull_request: { paths: string[] } };
    const included = read('infra/docker/Dockerfile.dockerignore').split('\n').filter((line) => /^!(apps|infra|packages|tools)$/.test(line)); // prettier-ignore
    expect(included).toHaveLength(4);
    for (const line of included) expect(pull_request.paths).toContain(`${line.slice(1)}/**`);
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
