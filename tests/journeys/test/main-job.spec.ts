import { beforeAll, describe, expect, it } from '@jest/globals';
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
  type InferenceJob,
} from '../src/story.js';

/** The four journeys, one after the other on the same data: upload → ready, annotate → publish, train → model, detect. */
describe('the main job', () => {
  const corpus = labelledCorpus(20, 16);
  const unseen = labelledCorpus(3, 16, 2);
  let api: Api;
  let data: { datasetId: string; annotationSetId: string };
  let modelId: string;
  let first: InferenceJob;

  beforeAll(() => {
    api = Api.shared();
  });

  it('upload → ready: every file is decoded, hashed and measured', async () => {
    data = await publishedDataset(api, 'Journeys', corpus);
    const files = await settledAudio(api, data.datasetId);
    expect(files).toHaveLength(corpus.length);
    for (const file of files) {
      expect(file.processing_status).toBe('ready');
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file.duration_ms).toBeGreaterThan(15_000);
    }
  });

  it('annotate → publish: the set is frozen and counted', async () => {
    const set = await api.get<{ status: string; total_annotations: number; annotations: unknown[]; manifest_sha256: string }>(
      `/datasets/${data.datasetId}/annotation-sets/${data.annotationSetId}`,
    );
    const labels = corpus.reduce((sum, file) => sum + file.labels.length, 0);
    expect(set).toMatchObject({ status: 'published', total_annotations: labels });
    expect(set.annotations).toHaveLength(labels);
    expect(set.manifest_sha256).toMatch(/^[0-9a-f]{64}$/);
    const late = await api.send('POST', `/datasets/${data.datasetId}/annotation-sets/${data.annotationSetId}/publish`);
    expect(late).toMatchObject({ status: 409, body: { code: 'annotation_set_published' } });
  });

  it('train → model: the job completes with curves and metrics, and its model is there', async () => {
    const job = await startTraining(api, data, { epochs: 6 });
    expect(job.status).toBe('pending');
    const done = await trainingUntil(api, job.id, finished);
    expect(done.error_message).toBeNull();
    expect(done).toMatchObject({ status: 'completed', progress_percent: 100 });
    expect(done.epochs.length).toBeGreaterThanOrEqual(1);
    expect(done.metrics?.per_class.glitch?.support).toBeGreaterThan(0);
    modelId = done.model_id ?? '';
    const models = await api.get<{ items: { id: string; eval_metrics: { f1_score: number } }[] }>('/models?is_active=True');
    expect(models.items.find((model) => model.id === modelId)?.eval_metrics.f1_score).toBe(done.metrics?.f1_score);
    const onnx = await api.send<string>('GET', `/models/${modelId}/artifacts/onnx`);
    expect(onnx.status).toBe(200);
  }, 400_000);

  it('detect: artifacts of audio it never saw are found where they are', async () => {
    const job = await api.post<{ id: string }>('/inference-jobs', { model_id: modelId });
    for (const file of unseen) await addFile(api, job.id, file.name, file.wav);
    first = await inferenceUntilFinished(api, job.id);
    expect(first).toMatchObject({ status: 'completed', total_files: 3, processed_files: 3, failed_files: 0 });
    const found = (name: string) => first.files.find((file) => file.original_filename === name)?.detections ?? [];
    const labels = unseen.flatMap((file) => file.labels.map((label) => ({ ...label, name: file.name })));
    const hits = labels.filter((label) =>
      found(label.name).some(
        (detection) =>
          detection.artifact_type === label.artifact_type &&
          detection.start_ms < label.end_ms + 250 &&
          detection.end_ms > label.start_ms - 250,
      ),
    );
    expect(hits.length / labels.length).toBeGreaterThanOrEqual(0.7);
    const detections = first.files.reduce((sum, file) => sum + (file.detections?.length ?? 0), 0);
    expect(detections).toBe(first.total_detections);
    expect(hits.length / detections).toBeGreaterThanOrEqual(0.5);
  }, 200_000);

  it('detect again with another threshold: from the stored scores', async () => {
    const job = await api.post<{ id: string }>(`/inference-jobs/${first.id}/rethreshold`, { config: { threshold: 0.999999 } });
    const strict = await inferenceUntilFinished(api, job.id);
    expect(strict.config.thresholds).toEqual({ glitch: 0.999999, long_pause: 0.999999 });
    expect(strict.total_detections).toBeLessThan(first.total_detections);
  });
});
