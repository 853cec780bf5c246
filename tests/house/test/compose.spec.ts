import { beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_PAYLOAD_BYTES } from '@earmark/messaging';
import { composeFile, envExample, interpolate, interpolations, type ComposeService } from '../src/compose.js';
import { isPinned } from '../src/kubernetes/pod-rules.js';
import { at, read, serviceNames } from '../src/repository.js';
import { variablesOf, type Variable } from '../src/service-schemas.js';
import fs from 'node:fs';

const servers = composeFile('compose.yaml');
const platform = composeFile('compose.platform.yaml');
const example = envExample('infra/compose/.env.example');
const listed = new Map([...example.given, ...example.defaults]);

/** Set by the image or by who runs it, never by compose: an empty value would hide the image's own. */
const ofTheImage = new Set(['LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES', 'TMPDIR']);

const schemas = new Map<string, ReadonlyMap<string, Variable>>();
beforeAll(async () => {
  for (const service of serviceNames()) schemas.set(service, await variablesOf(service));
});
const platformService = (name: string): ComposeService => {
  const service = platform.services[name];
  if (service === undefined) throw new Error(`compose.platform.yaml has no ${name}.`);
  return service;
};

describe('compose.yaml', () => {
  it('runs pinned servers with health checks and their data in named volumes', () => {
    expect(Object.keys(servers.services).sort()).toEqual(['minio', 'nats', 'postgres']);
    for (const { image, healthcheck, volumes = [] } of Object.values(servers.services)) {
      expect(isPinned(image)).toBe(true);
      expect(healthcheck?.test[0]).toBe('CMD');
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !source.startsWith('.'));
      expect(named).toHaveLength(1);
      expect(Object.keys(servers.volumes)).toEqual(expect.arrayContaining(named));
    }
  });

  it('starts a NATS server that takes the largest message and has room for the streams', async () => {
    const config = read('infra/compose/nats.conf');
    const mebibytes = Number(/^max_payload: (\d+)MiB$/m.exec(config)?.[1]);
    expect(mebibytes * 1024 ** 2).toBe(MAX_PAYLOAD_BYTES);
    const room = Number(/max_file_store: (\d+)GiB/.exec(config)?.[1]) * 1024 ** 3;
    const variables = await variablesOf('catalog');
    const reserved = ['EVENTS', 'JOBS', 'DEAD'].map((stream) => Number(variables.get(`${stream}_MAX_BYTES`)?.byDefault));
    expect(room).toBeGreaterThan(reserved.reduce((sum, bytes) => sum + bytes, 0));
    expect(read('k8s/overlays/dev/servers/nats.conf')).toBe(config);
  });
});

describe('both compose files', () => {
  it('publish ports on this machine only', () => {
    const ports = [servers, platform].flatMap(({ services }) =>
      Object.values(services).flatMap((service) => service.ports ?? []),
    );
    expect(ports.length).toBeGreaterThan(4);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('limit the memory of everything, services as on Kubernetes', () => {
    const all = Object.entries({ ...servers.services, ...platform.services });
    expect(all.filter(([, { mem_limit }]) => !/^\d+[mg]$/.test(mem_limit ?? '')).map(([name]) => name)).toEqual([]);
    for (const name of serviceNames()) {
      const [, onKubernetes = ''] = /limits: \{.*memory: (\d+[MG])i/.exec(read(`k8s/base/${name}/deployment.yaml`)) ?? [];
      expect({ name, limit: platform.services[name]?.mem_limit }).toEqual({ name, limit: onKubernetes.toLowerCase() });
    }
  });

  it('mount files that exist', () => {
    const mounted = Object.values(servers.services).flatMap(({ volumes = [] }) =>
      volumes.filter((volume) => volume.startsWith('./')),
    );
    for (const volume of mounted) expect(fs.existsSync(at('infra/compose', volume.split(':')[0] ?? ''))).toBe(true);
    expect(mounted.length).toBeGreaterThan(0);
  });
});

describe('compose.platform.yaml', () => {
  it('builds every image once: a parallel build of one tag by two services fails', () => {
    const built = Object.values(platform.services).filter(({ build }) => build !== undefined).map(({ image }) => image); // prettier-ignore
    expect(built).toHaveLength(serviceNames().length);
    expect(new Set(built).size).toBe(built.length);
    for (const { image, build, pull_policy } of Object.values(platform.services))
      if (build === undefined)
        expect({ image, pull_policy }).toEqual({ image: built.find((one) => one === image), pull_policy: 'never' });
  });

  it('reaches object storage from outside by the port that is published', () => {
    const endpoint = String(platformService('catalog').environment?.['S3_PUBLIC_ENDPOINT']);
    expect(interpolate(endpoint, new Map([['S3_PORT', '9100']]))).toBe('http://127.0.0.1:9100');
    expect(interpolate(endpoint, new Map())).toBe('http://127.0.0.1:9000');
  });

  it('runs every service, from the Dockerfile, restricted, with time to end', () => {
    const services = Object.keys(platform.services).filter((name) => !['migrate', 'bucket'].includes(name));
    expect(services.sort()).toEqual(serviceNames());
    for (const name of services) {
      const { image, build, read_only, cap_drop, stop_grace_period, healthcheck } = platformService(name);
      expect(image).toBe(`earmark/${name}:\${EARMARK_TAG:-dev}`);
      expect(build).toMatchObject({
        context: '../..',
        dockerfile: 'infra/docker/Dockerfile',
        target: 'service',
        args: { SERVICE: name },
      });
      expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] });
      expect(parseInt(stop_grace_period ?? '') * 1_000).toBeGreaterThan(
        Number(schemas.get(name)?.get('SHUTDOWN_GRACE_MS')?.byDefault),
      );
      expect(healthcheck?.test.join(' ')).toContain(`:${platformService(name).environment?.['PORT'] ?? ''}/health/ready`);
    }
  });

  it('starts services when the schemas and the bucket are there', () => {
    for (const name of serviceNames())
      expect(platformService(name).depends_on).toMatchObject({
        nats: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
        bucket: { condition: 'service_completed_successfully' },
      });
    for (const name of ['migrate', 'bucket']) {
      const script = platformService(name).command?.[1] ?? '';
      expect(fs.existsSync(script.replace('/app/', at('/')))).toBe(true);
    }
    expect(platformService('migrate').depends_on).toMatchObject({ postgres: { condition: 'service_healthy' } });
    expect(platformService('bucket').depends_on).toMatchObject({ minio: { condition: 'service_healthy' } });
  });

  it('passes every variable that a service reads, and no other', () => {
    for (const name of serviceNames()) {
      const read = [...(schemas.get(name)?.keys() ?? [])].filter((variable) => !ofTheImage.has(variable));
      expect({ name, variables: Object.keys(platformService(name).environment ?? {}).sort() }).toEqual({
        name,
        variables: read.sort(),
      });
    }
  });

  it('gives values that the services accept, with .env.example as .env', () => {
    for (const name of serviceNames())
      for (const [variable, text] of Object.entries(platformService(name).environment ?? {})) {
        const value = interpolate(String(text), example.given);
        const schema = schemas.get(name)?.get(variable);
        if (value === '') expect({ variable, isRequired: schema?.isRequired }).toEqual({ variable, isRequired: false });
        else expect({ name, variable, parsed: schema?.parse(value) }).not.toEqual({ name, variable, parsed: undefined });
      }
  });
});

describe('.env.example', () => {
  const used = new Map([...interpolations('compose.yaml'), ...interpolations('compose.platform.yaml')]);

  it('lists exactly what the compose files take', () => {
    expect([...listed.keys()].sort()).toEqual([...used.keys()].sort());
  });

  it('gives what compose refuses to go on without, and comments out the rest', () => {
    expect([...example.given.keys()].sort()).toEqual([...used].filter(([, byDefault]) => byDefault === null).map(([name]) => name).sort()); // prettier-ignore
  });

  it('shows the defaults that hold: those of the services, else those of compose', () => {
    for (const [name, shown] of example.defaults) {
      const inCompose = used.get(name) ?? '';
      const schema = [...schemas.values()].map((variables) => variables.get(name)).find((variable) => variable !== undefined);
      if (inCompose !== '') expect({ name, shown }).toEqual({ name, shown: inCompose });
      else if (shown !== '') expect({ name, value: schema?.parse(shown) }).toEqual({ name, value: schema?.byDefault });
    }
  });

  it('shows no value only where the default depends on the machine or on each job', () => {
    const empty = [...example.defaults].filter(([, shown]) => shown === '').map(([name]) => name);
    expect(empty.sort()).toEqual(['INFERENCE_WORKERS', 'JOB_CONCURRENCY', 'TRAINING_THREADS']);
  });
});
