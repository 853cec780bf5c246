import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { allRoutes } from '@earmark/contracts/catalogue';
import { Api } from '../src/api.js';
import { labelledCorpus } from '../src/corpus.js';
import {
  addFile,
  finished,
  inferenceUntilFinished,
  publishedDataset,
  settledAudio,
  startTraining,
  trainingUntil,
} from '../src/story.js';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** A second organisation, made the way an operator makes one; returns its first key. */
function newOrganisation(name: string): string {
  const out = execFileSync('npm', ['run', '--silent', 'admin', '--', 'org', 'create', name, '--json'], {
    cwd: repository,
    env: { ...process.env, EARMARK_HOME: process.env.EARMARK_JOURNEY_HOME },
    encoding: 'utf8',
  });
  return (JSON.parse(out) as { api_key: string }).api_key;
}

describe('tenants are walls', () => {
  const owned: Record<string, string> = {};
  let mine: Api;
  let theirs: Api;

  beforeAll(async () => {
    mine = Api.shared();
    theirs = mine.withKey(newOrganisation('Neighbours'));
    const corpus = labelledCorpus(20, 16, 11);
    const data = await publishedDataset(mine, 'Walls', corpus);
    await settledAudio(mine, data.datasetId);
    const set = await mine.get<{ annotations: { id: string; audio_file_id: string }[] }>(
      `/datasets/${data.datasetId}/annotation-sets/${data.annotationSetId}`,
    );
    const training = await trainingUntil(mine, (await startTraining(mine, data, { epochs: 1 })).id, finished);
    const inference = await mine.post<{ id: string }>('/inference-jobs', { model_id: training.model_id });
    const fileId = await addFile(mine, inference.id, 'one.wav', corpus[0]?.wav ?? new Uint8Array());
    await inferenceUntilFinished(mine, inference.id);
    const keys = await mine.get<{ items: { id: string }[] }>('/auth/api-keys');
    Object.assign(owned, {
      dataset_id: data.datasetId,
      annotation_set_id: data.annotationSetId,
      annotation_id: set.annotations[0]?.id,
      audio_id: set.annotations[0]?.audio_file_id,
      training_job_id: training.id,
      model_id: training.model_id,
      inference_job_id: inference.id,
      file_id: fileId,
      api_key_id: keys.items[0]?.id,
      artifact: 'onnx',
    });
  }, 300_000);

  /** The example body with every example id replaced by one of ours, so that the body itself is not what is refused. */
  const body = (route: (typeof allRoutes)[number]): unknown => {
    const ids: Record<string, string | undefined> = {
      [exampleIds.datasetId]: owned.dataset_id,
      [exampleIds.annotationSetId]: owned.annotation_set_id,
      [exampleIds.audioFileId]: owned.audio_id,
      [exampleIds.modelId]: owned.model_id,
      [exampleIds.inferenceFileId]: owned.file_id,
    };
    if (!route.hasBody) return undefined;
    return JSON.parse(JSON.stringify(route.exampleBody).replace(/[0-9a-f-]{36}/g, (id) => ids[id] ?? id)) as unknown;
  };

  // A multipart route is asked with a form of its own below.
  const withParams = allRoutes.filter((route) => route.path.includes('{') && route.bodyKind === 'json');

  it.each(withParams.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s is a 404 for a neighbour',
    async (_name, route) => {
      const path = route.path.replace(/\{([^}]+)\}/g, (_whole, name: string) => owned[name] ?? `no-${name}`);
      expect(path).not.toContain('no-');
      const answer = await theirs.send<{ code: string }>(route.method, path, body(route));
      expect({ path: route.path, status: answer.status }).toEqual({ path: route.path, status: 404 });
    },
  );

  it.each(['/training-jobs', '/inference-jobs'])('POST %s with a neighbour’s ids in the body is a 404', async (path) => {
    const route = allRoutes.find((candidate) => candidate.method === 'POST' && candidate.path === path);
    expect(route).toBeDefined();
    if (route) expect((await theirs.send('POST', path, body(route))).status).toBe(404);
  });

  it.each(allRoutes.filter((route) => route.bodyKind === 'multipart').map((route) => route.path))(
    'POST %s is a 404 for a neighbour',
    async (path) => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(64)]), 'one.wav');
      expect(await theirs.sendForm(path.replace('{dataset_id}', owned.dataset_id ?? ''), form)).toBe(404);
    },
  );

  it('a neighbour’s own dataset does not take our audio, and our job does not take theirs', async () => {
    const dataset = await theirs.post<{ id: string }>('/datasets', { name: 'Theirs', artifact_types: [{ name: 'glitch' }] });
    const set = await theirs.post<{ id: string }>(`/datasets/${dataset.id}/annotation-sets`);
    const annotation = { audio_file_id: owned.audio_id, artifact_type: 'glitch', start_ms: 0, end_ms: 10 };
    const answer = await theirs.send('POST', `/datasets/${dataset.id}/annotation-sets/${set.id}/annotations`, annotation);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    expect((await mine.send('GET', `/datasets/${dataset.id}`)).status).toBe(404);
  });

  it.each(allRoutes.filter((route) => route.method === 'GET' && !route.path.includes('{')).map((route) => route.path))(
    'GET %s lists nothing of ours',
    async (path) => {
      const text = JSON.stringify((await theirs.get<{ items: unknown[] }>(path)).items);
      for (const id of Object.values(owned).filter((value) => value.length === 36)) expect(text).not.toContain(id);
    },
  );

  it('and ours still exist afterwards', async () => {
    for (const path of [
      `/datasets/${owned.dataset_id}`,
      `/models/${owned.model_id}`,
      `/inference-jobs/${owned.inference_job_id}`,
    ]) {
      expect((await mine.send('GET', path)).status).toBe(200);
    }
  });
});
