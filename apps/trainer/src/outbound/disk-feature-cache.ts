import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { blobKeys, unlessAbsent, type BlobStore } from '@earmark/blob-store';
import { Problem } from '@earmark/contracts';
import { DEFAULT_FEATURE_SPEC, featureCountOf, featureSpecHash, frameMsOf } from '@earmark/learning';
import type { Clock, IdSource } from '@earmark/service-kit';
import type { FeatureCache, LocalFeatures } from '../ports.js';
import { freeBytesFor, requireRoom, trimFolder } from './cache-limit.js';
import { ForkedExtraction } from './forked-extraction.js';

interface Ports {
  readonly blobs: BlobStore;
  readonly folder: string;
  readonly maxBytes: number;
  /** Environment of the process that computes what is missing. */
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly ids: IdSource;
}

type Gathering = Parameters<FeatureCache['gather']>[2];
type Content = Parameters<FeatureCache['gather']>[1][number];

const SPEC_HASH = featureSpecHash(DEFAULT_FEATURE_SPEC);
const HOUR_MS = 3_600_000;
const FRAME_BYTES = featureCountOf(DEFAULT_FEATURE_SPEC) * Float32Array.BYTES_PER_ELEMENT;
/** Features, and the audio itself as 16-bit samples. */
const HOUR_BYTES =
  (HOUR_MS / frameMsOf(DEFAULT_FEATURE_SPEC)) * FRAME_BYTES + 2 * DEFAULT_FEATURE_SPEC.sampleRateHz * (HOUR_MS / 1000);

/**
 * Features as local files, named by tenant and content: copied from storage, or computed from the canonical audio and stored there.
 * Nothing is held in memory. Files are written beside their place and moved, so a file that is there is whole.
 */
export class DiskFeatureCache implements FeatureCache {
  /** Trainings that read a file now, by its path. */
  readonly #readers = new Map<string, number>();

  constructor(private readonly ports: Ports) {}

  async requireRoom(audioMs: number): Promise<void> {
    const { folder, maxBytes } = this.ports;
    await mkdir(folder, { recursive: true });
    requireRoom({ audioMs, bytesPerHour: HOUR_BYTES, maxBytes, freeBytes: await freeBytesFor(folder) });
  }

  async gather(tenantId: string, files: readonly Content[], options: Gathering): Promise<Map<string, LocalFeatures>> {
    const { signal, onProgress } = options;
    const contents = [...new Map(files.map((file) => [file.sha256, file])).values()];
    const extraction = new ForkedExtraction(this.ports.env, signal);
    const gathered = new Map<string, LocalFeatures>();
    try {
      for (const content of contents) {
        signal.throwIfAborted();
        const local = await this.#local(tenantId, content, extraction, options);
        gathered.set(content.sha256, local);
        for (const place of placesOf(local)) this.#readers.set(place, (this.#readers.get(place) ?? 0) + 1);
        onProgress(gathered.size / contents.length);
      }
    } catch (error) {
      this.release(gathered.values());
      throw error;
    } finally {
      extraction.close();
    }
    await trimFolder(this.ports.folder, this.ports.maxBytes, this.#readers);
    return gathered;
  }

  release(gathered: Iterable<LocalFeatures>): void {
    for (const place of [...gathered].flatMap(placesOf)) {
      const left = (this.#readers.get(place) ?? 0) - 1;
      if (left > 0) this.#readers.set(place, left);
      else this.#readers.delete(place);
    }
  }

  async #local(
    tenantId: string,
    content: Content,
    extraction: ForkedExtraction,
    { signal, withAudio }: Gathering,
  ): Promise<LocalFeatures> {
    const { folder } = this.ports;
    const audio = path.join(folder, 'audio', tenantId, `${content.sha256}.wav`);
    const audioPath = withAudio ? await this.#keep(audio, (beside) => this.#audio(tenantId, content, beside, signal)) : null;
    const place = await this.#keep(
      path.join(folder, SPEC_HASH.slice(0, 16), tenantId, `${content.sha256}.f32`),
      async (beside) => {
        const copied = await this.#copy(blobKeys.features(tenantId, content.sha256, SPEC_HASH), beside, signal);
        if (!copied) await this.#compute(tenantId, content, beside, { extraction, signal, audioPath });
      },
    );
    return { path: place, audioPath, frameCount: ((await sizeOf(place)) ?? 0) / FRAME_BYTES };
  }

  /** The file, made when it is not there: beside its place and moved, so that it is whole. */
  async #keep(place: string, make: (beside: string) => Promise<void>): Promise<string> {
    if ((await sizeOf(place)) === null) {
      await mkdir(path.dirname(place), { recursive: true });
      const beside = `${place}.${this.ports.ids.next()}`;
      try {
        await make(beside);
        await rename(beside, place);
      } finally {
        await rm(beside, { force: true });
      }
    }
    const now = this.ports.clock.now();
    await utimes(place, now, now); // the least recently used go first
    return place;
  }

  /** False when storage has no such object, or not whole frames of it. */
  async #copy(key: string, target: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.ports.blobs.stat(key);
    if (found === null || found.sizeBytes % FRAME_BYTES !== 0) return false;
    return this.#download(key, target, signal);
  }

  async #download(key: string, target: string, signal: AbortSignal): Promise<boolean> {
    const done = await unlessAbsent(async () => {
      await pipeline(await this.ports.blobs.get(key), createWriteStream(target), { signal });
      return true;
    });
    return done ?? false;
  }

  async #compute(
    tenantId: string,
    content: Content,
    target: string,
    { extraction, signal, audioPath }: { extraction: ForkedExtraction; signal: AbortSignal; audioPath: string | null },
  ): Promise<void> {
    const wav = audioPath ?? `${target}.wav`;
    try {
      if (audioPath === null) await this.#audio(tenantId, content, wav, signal);
      await extraction.extract(wav, target);
    } finally {
      if (audioPath === null) await rm(wav, { force: true });
    }
    const options = { contentType: 'application/octet-stream', sizeBytes: (await sizeOf(target)) ?? 0 };
    const key = blobKeys.features(tenantId, content.sha256, SPEC_HASH);
    await this.ports.blobs.put(key, createReadStream(target), options);
  }

  async #audio(tenantId: string, { sha256, originalFilename }: Content, target: string, signal: AbortSignal): Promise<void> {
    if (await this.#download(blobKeys.canonicalAudio(tenantId, sha256), target, signal)) return;
    throw new Problem('audio_not_ready', `The decoded audio of ${originalFilename} is not in storage; upload the file again.`);
  }
}

function placesOf({ path: place, audioPath }: LocalFeatures): string[] {
  return audioPath === null ? [place] : [place, audioPath];
}

async function sizeOf(file: string): Promise<number | null> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.size ?? null;
}
