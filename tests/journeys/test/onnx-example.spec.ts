import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

const example = fileURLToPath(new URL('../../../../examples/use-the-onnx-file/', import.meta.url));

interface Found {
  readonly artifactType: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Same type, and within the collar of the benchmark: the API trims its detections further. */
const agrees = (a: Found, b: Found): boolean =>
  a.artifactType === b.artifactType && a.startMs < b.endMs + 250 && a.endMs > b.startMs - 250;

describe('examples/use-the-onnx-file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'earmark-example-'));
  const modelFile = path.join(folder, 'model.onnx');
  const unseen = labelledCorpus(2, 16, 2);
  let api: Api;
  let modelId: string;

  beforeAll(async () => {
    api = Api.shared();
    const data = await publishedDataset(api, 'ONNX example', labelledCorpus(20, 16));
    await settledAudio(api, data.datasetId);
    const job = await startTraining(api, data, { epochs: 6 });
    const done = await trainingUntil(api, job.id, finished);
    expect(done.error_message).toBeNull();
    modelId = done.model_id ?? '';
    writeFileSync(modelFile, await api.download(`/models/${modelId}/artifacts/onnx`));
  }, 400_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (name: string, wav: Uint8Array): Found[] => {
    const wavFile = path.join(folder, name);
    writeFileSync(wavFile, wav);
    const printed = execFileSync(process.execPath, ['detect.mjs', modelFile, wavFile], { cwd: example, encoding: 'utf8' });
    return [...printed.matchAll(/^([\d.]+) - ([\d.]+) s {2}(\w+)/gm)].map(([, start, end, artifactType]) => ({
      artifactType: artifactType ?? '',
      startMs: 1000 * Number(start),
      endMs: 1000 * Number(end),
    }));
  };

  it('finds with ONNX Runtime alone what the API finds', async () => {
    const job = await api.post<{ id: string }>('/inference-jobs', { model_id: modelId });
    for (const file of unseen) await addFile(api, job.id, file.name, file.wav);
    const { files } = await inferenceUntilFinished(api, job.id);
    for (const file of unseen) {
      const detections = files.find(({ original_filename: name }) => name === file.name)?.detections ?? [];
      const expected = detections.map((found): Found => ({
        artifactType: found.artifact_type,
        startMs: found.start_ms,
        endMs: found.end_ms,
      }));
      const found = run(file.name, file.wav);
      expect(expected.length).toBeGreaterThan(0);
      expect(expected.filter((one) => !found.some((other) => agrees(one, other)))).toEqual([]);
      expect(found.filter((one) => !expected.some((other) => agrees(one, other)))).toEqual([]);
    }
  }, 200_000);

  it('knows from the ONNX file what the manifest says', async () => {
    const manifest = await api.get<Record<string, unknown>>(`/models/${modelId}/artifacts/manifest`);
    const script = `import fs from 'node:fs'; import { readMetadata } from './metadata.mjs';
      process.stdout.write(JSON.stringify(readMetadata(fs.readFileSync(process.argv[1]))));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script, modelFile], {
      cwd: example,
      encoding: 'utf8',
    });
    const metadata = JSON.parse(printed) as Record<string, string>;
    expect(JSON.parse(metadata.labels ?? '')).toEqual(manifest.artifactTypes);
    expect(JSON.parse(metadata.thresholds ?? '')).toEqual(manifest.thresholds);
    expect([Number(metadata.chunk_size_ms), Number(metadata.stride_ms)]).toEqual([manifest.chunkSizeMs, manifest.strideMs]);
  });
});
