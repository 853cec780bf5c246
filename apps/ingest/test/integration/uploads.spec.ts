import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openCanonicalAudio } from '@earmark/audio';
import { blobKeys } from '@earmark/blob-store';
import * as rpcs from '@earmark/contracts/ingest/rpcs';
import { createFeatureExtractor, DEFAULT_FEATURE_SPEC, featureSpecHash } from '@earmark/learning';
import type { RunningService } from '@earmark/service-runtime';
import { clientOf, problemOf, sha256Of, wavOf } from '../support/client-of.js';
import { buildWorld, startIngest, type IngestWorld } from '../support/ingest-world.js';

// Compiled specs run from dist/test/integration; fixtures stay beside their sources.
const stereoMp3 = new URL('../../../../../packages/audio-files/test/fixtures/stereo.mp3', import.meta.url);

let world: IngestWorld;
let ingest: RunningService;
beforeAll(async () => {
  world = await buildWorld();
  ingest = await startIngest(world);
});
afterAll(async () => {
  await ingest?.stop();
  await world?.stop();
});

/** What packages/learning makes of stored canonical audio, all at once. */
async function featuresOf(canonical: Buffer): Promise<Float32Array> {
  const audio = await openCanonicalAudio((start, end) => Promise.resolve(canonical.subarray(start, end)), canonical.length);
  const extractor = await createFeatureExtractor(DEFAULT_FEATURE_SPEC);
  try {
    return await extractor.extractWave(await audio.read(0, audio.sampleCount));
  } finally {
    await extractor.close();
  }
}

describe('an upload', () => {
  it('by form becomes ready with facts, canonical audio, peaks and the features of the whole file', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 33_500, seed: 1, sampleRateHz: 8_000 }); // longer than a block of features
    const ticket = await tenant.reserve(bytes, { sha256: sha256Of(bytes) });
    expect(await tenant.post(ticket, bytes)).toBe(204);
    expect(await tenant.confirm(ticket.audio_id)).toMatchObject({ processing_status: 'pending', duration_ms: null });
    const sha256 = sha256Of(bytes);
    expect(await tenant.ready(ticket.audio_id)).toMatchObject({
      ...{ dataset_id: tenant.datasetId, original_filename: 'call.wav', size_bytes: bytes.length, sha256 },
      ...{ sample_rate: 8_000, channels: 1, duration_ms: 33_500, warnings: [], error_code: null },
    });
    const canonical = await world.blobs.getBytes(blobKeys.canonicalAudio(tenant.tenantId, sha256), 1 << 24);
    const stored = await world.blobs.getBytes(
      blobKeys.features(tenant.tenantId, sha256, featureSpecHash(DEFAULT_FEATURE_SPEC)),
      1 << 24,
    );
    const features = await featuresOf(canonical);
    expect(stored.length).toBe(features.byteLength);
    const cached = new Float32Array(new Uint8Array(stored).buffer);
    // Blocks are cut elsewhere than in one run over the file: sums in another order, not other numbers.
    expect(cached.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (features[i] ?? NaN))), 0)).toBeLessThan(1e-4);
    const peaks = await tenant.peaks(ticket.audio_id);
    const waveform = await world.blobs.getBytes(peaks.key, 1 << 24);
    expect(sha256Of(waveform)).toBe(peaks.sha256);
    expect(JSON.parse(waveform.toString('utf8'))).toEqual(expect.any(Object));
    expect(await tenant.download(ticket.audio_id)).toEqual(bytes);
    expect(await world.keys(`${tenant.tenantId}/uploads/`)).toEqual([]);
    for (const event of ['audio-confirmed', 'audio-ready'])
      expect(await world.said(`evt.ingest.${event}.v1`, tenant.tenantId)).toHaveLength(1);
  });

  it('by PUT of something stereo and compressed works the same', async () => {
    const tenant = clientOf(world);
    const bytes = await readFile(stereoMp3);
    const id = await tenant.upload(bytes, { filename: 'stereo.mp3', contentType: 'audio/mpeg' });
    expect(await tenant.ready(id)).toMatchObject({ channels: 2, sha256: sha256Of(bytes) });
  });

  it('cannot be confirmed before all of it is there, and only once', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 1_000, seed: 2 });
    const ticket = await tenant.reserve(bytes);
    expect(await problemOf(tenant.confirm(ticket.audio_id))).toMatchObject({ code: 'audio_not_uploaded' });
    await expect(tenant.put(ticket, bytes.subarray(0, 1_000))).rejects.toThrow('403'); // the length is part of the signature
    const staged = blobKeys.upload(tenant.tenantId, ticket.audio_id);
    await world.blobs.put(staged, bytes.subarray(0, 1_000), { contentType: 'audio/wav' });
    expect(await problemOf(tenant.confirm(ticket.audio_id))).toMatchObject({
      code: 'audio_not_uploaded',
      detail: expect.stringContaining('1000 bytes'),
    });
    expect((await tenant.list()).total).toBe(0);
    expect(await problemOf(tenant.read(ticket.audio_id))).toMatchObject({ code: 'audio_file_not_found' });
    await tenant.put(ticket, bytes);
    await Promise.all([tenant.confirm(ticket.audio_id), tenant.confirm(ticket.audio_id)]);
    await tenant.ready(ticket.audio_id);
    expect((await tenant.confirm(ticket.audio_id)).processing_status).toBe('ready');
    expect(await world.said('evt.ingest.audio-confirmed.v1', tenant.tenantId)).toHaveLength(1);
    expect(await world.said('job.ingest.process-audio.v1', tenant.tenantId)).toHaveLength(1);
  });

  it('of other bytes than announced fails, and can be looked at', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 1_000, seed: 3 });
    const id = await tenant.upload(bytes, { sha256: '0'.repeat(64) });
    expect(await tenant.finished(id)).toMatchObject({
      ...{ processing_status: 'failed', error_code: 'hash_mismatch', sha256: null },
      error_message: expect.stringContaining(sha256Of(bytes)),
    });
    expect(await tenant.download(id)).toEqual(bytes);
    expect(await world.said('evt.ingest.audio-failed.v1', tenant.tenantId)).toHaveLength(1);
  });

  it('of something that is no audio fails with a sentence, and can be looked at', async () => {
    const tenant = clientOf(world);
    const bytes = Buffer.from('This is a text, whatever its name says.\n'.repeat(50));
    const id = await tenant.upload(bytes);
    const file = await tenant.finished(id);
    expect(file).toMatchObject({ processing_status: 'failed', error_message: expect.stringMatching(/\w+ \w+.*\.$/) });
    expect(['undecodable', 'no_audio']).toContain(file.error_code);
    expect(await tenant.download(id)).toEqual(bytes);
    expect(await problemOf(tenant.peaks(id))).toMatchObject({ code: 'audio_not_ready' });
  });

  it('that is replaced after it was confirmed never changes what was taken', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 1_000, seed: 4 });
    const ticket = await tenant.reserve(bytes);
    await tenant.put(ticket, bytes);
    await tenant.confirm(ticket.audio_id);
    await tenant.ready(ticket.audio_id);
    await tenant.put(ticket, wavOf({ durationMs: 1_000, seed: 5 }));
    expect(await tenant.download(ticket.audio_id)).toEqual(bytes);
  });
});

describe('the same bytes', () => {
  it('are decoded once for a tenant, and never shared with another', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const bytes = wavOf({ durationMs: 5_000, seed: 6 });
    const first = await tenant.ready(await tenant.upload(bytes));
    const canonical = blobKeys.canonicalAudio(tenant.tenantId, sha256Of(bytes));
    // A mark that a second decode would overwrite.
    await world.blobs.put(canonical, Buffer.from('marked'), { contentType: 'audio/wav' });
    const second = await tenant.ready(await tenant.upload(bytes, { filename: 'again.mp3' }));
    expect((await world.blobs.getBytes(canonical, 1 << 24)).toString()).toBe('marked');
    expect(second).toMatchObject({ duration_ms: first.duration_ms, warnings: ['extension_mismatch'] });
    await neighbour.ready(await neighbour.upload(bytes));
    const theirs = await world.blobs.getBytes(blobKeys.canonicalAudio(neighbour.tenantId, sha256Of(bytes)), 1 << 24);
    expect(theirs.length).toBeGreaterThan(100_000);
    expect(await world.keys(`${neighbour.tenantId}/`)).toHaveLength(4); // original, canonical, peaks, features
  });
});

describe('lists', () => {
  it('come in pages and by cursor, oldest first, of one dataset and status', async () => {
    const tenant = clientOf(world);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push(await tenant.upload(wavOf({ durationMs: 500, seed: 10 + i })));
    await tenant.upload(wavOf({ durationMs: 500, seed: 20 }), { datasetId: tenant.dataset() });
    expect(await tenant.list()).toMatchObject({ total: 5, next: null });
    expect((await tenant.list({ page: 2, pageSize: 2 })).items.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const seen: string[] = [];
    for (let after: { createdAt: string; id: string } | null | undefined; after !== null;) {
      const page: Awaited<ReturnType<typeof tenant.list>> = await tenant.list({ pageSize: 2, after: after ?? null });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
    }
    expect(seen).toEqual(ids);
    for (const id of ids) await tenant.ready(id);
    expect((await tenant.list({ status: 'ready' })).total).toBe(5);
    expect((await tenant.list({ status: 'failed' })).total).toBe(0);
    const { tenantId, datasetId } = tenant;
    const request = { tenantId, kind: 'dataset', ids: [datasetId, randomUUID()] };
    expect((await world.client.ask(rpcs.countAudioFiles, request)).counts).toEqual({ [datasetId]: 5 });
  });
});

describe('a reservation', () => {
  it('may be made again, and elsewhere, until it is confirmed', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 21 });
    const { audio_id: id } = await tenant.reserve(bytes);
    const uploadId = randomUUID();
    await world.blobs.put(blobKeys.upload(tenant.tenantId, uploadId), bytes, { contentType: 'audio/wav' });
    const file = { audioFileId: id, uploadId, filename: 'call.wav', contentType: 'audio/wav', sizeBytes: bytes.length };
    const reference = { kind: 'dataset', id: tenant.datasetId };
    const request = { tenantId: tenant.tenantId, reference, files: [file], withTickets: false };
    const unconfirmed = { files: [{ audioFileId: id, isConfirmed: false, ticket: null }] };
    expect(await world.client.ask(rpcs.reserveAudio, request)).toEqual(unconfirmed);
    await tenant.confirm(id);
    await tenant.ready(id);
    expect((await world.client.ask(rpcs.reserveAudio, request)).files[0]?.isConfirmed).toBe(true);
    expect(await tenant.download(id)).toEqual(bytes);
    const other = { ...request, files: [{ ...file, sizeBytes: 7 }] };
    expect(await problemOf(world.client.ask(rpcs.reserveAudio, other))).toMatchObject({ code: 'conflict' });
  });

  it('is confirmed with many others, all or none', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 22 });
    const [there, missing] = [await tenant.reserve(bytes), await tenant.reserve(bytes)];
    await tenant.put(there, bytes);
    const audioFileIds = [there.audio_id, missing.audio_id];
    const reference = { kind: 'dataset', id: tenant.datasetId };
    const confirmBoth = () => world.client.ask(rpcs.confirmAudio, { tenantId: tenant.tenantId, reference, audioFileIds });
    expect(await problemOf(confirmBoth())).toMatchObject({ code: 'audio_not_uploaded' });
    expect((await tenant.list()).total).toBe(0);
    await tenant.put(missing, bytes);
    expect((await confirmBoth()).files.map((file) => file.audioFileId)).toEqual(audioFileIds);
  });
});

describe('what a client says about a file', () => {
  it('changes field by field, and is filled in where it is missing', async () => {
    const tenant = clientOf(world);
    const [named, nameless] = [
      await tenant.upload(wavOf({ durationMs: 500, seed: 23 })),
      await tenant.upload(wavOf({ durationMs: 500, seed: 24 })),
    ];
    for (const id of [named, nameless]) await tenant.ready(id);
    const place = { tenantId: tenant.tenantId, reference: { kind: 'dataset', id: tenant.datasetId } };
    const change = (labels: object) =>
      world.client.ask(rpcs.changeAudioFile, { ...place, audioFileId: named, ...labels }).then(({ file }) => file);
    expect(await change({ speaker: 'Ada', script: 'Hello.' })).toMatchObject({ speaker: 'Ada', source: null, script: 'Hello.' });
    expect(await change({ script: null })).toMatchObject({ speaker: 'Ada', script: null });
    const labels = [named, nameless].map((audioFileId) => ({ audioFileId, speaker: 'Bob', source: null }));
    expect(await world.client.ask(rpcs.fillAudioLabels, { tenantId: tenant.tenantId, labels })).toEqual({ filled: 1 });
    const { files } = await world.client.ask(rpcs.findAudioFiles, { ...place, audioFileIds: [named, nameless] });
    expect(Object.fromEntries(files.map((file) => [file.audioFileId, file.speaker]))).toEqual({
      [named]: 'Ada',
      [nameless]: 'Bob',
    });
  });
});

describe('a neighbour', () => {
  it('who knows the ids finds nothing', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const id = await tenant.upload(wavOf({ durationMs: 500, seed: 30 }));
    await tenant.ready(id);
    for (const call of [
      neighbour.read(id),
      neighbour.remove(id),
      neighbour.download(id),
      neighbour.peaks(id),
      neighbour.confirm(id),
    ])
      expect(await problemOf(call)).toMatchObject({ code: 'audio_file_not_found' });
    expect(await problemOf(neighbour.read(id, tenant.datasetId))).toMatchObject({ code: 'audio_file_not_found' });
    const request = { tenantId: neighbour.tenantId, reference: null, audioFileIds: [id] };
    expect((await world.client.ask(rpcs.findAudioFiles, request)).files).toEqual([]);
    const released = await world.client.ask(rpcs.releaseAudio, { tenantId: neighbour.tenantId, audioFileIds: [id] });
    expect(released).toEqual({ released: 0 });
    expect((await tenant.read(id)).processing_status).toBe('ready');
  });
});
