// A tiny labelled corpus: speech-like sound with artifacts at known times, as ingest would have left it in storage.
import { createHash, randomUUID } from 'node:crypto';
import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { blobKeys, type BlobStore } from '@earmark/blob-store';
import { synthesize } from '@earmark/synthesis';
import { speechLike } from '@earmark/testkit';

export interface CorpusFile {
  readonly audioFileId: string;
  readonly sha256: string;
  readonly durationMs: number;
  readonly annotations: { artifactType: string; startMs: number; endMs: number; confidence: number }[];
}

export interface Corpus {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly annotationSetId: string;
  readonly artifactTypes: string[];
  readonly files: CorpusFile[];
  readonly manifest: { key: string; sha256: string; sizeBytes: number };
}

const PIECE_MS = 20_000;
const pieces = [1, 2].map((seed) => speechLike({ durationMs: PIECE_MS, seed }));

interface Wanted {
  readonly tenantId?: string;
  readonly files?: number;
  /** The types that get annotations; the dataset has glitch and long_pause. */
  readonly kinds?: readonly string[];
}

/** Makes `files` (8) files of about 40 s with glitches and long pauses, and stores their canonical audio and the published manifest. */
export async function storeCorpus(blobs: BlobStore, { tenantId = randomUUID(), files = 8, kinds }: Wanted = {}): Promise<Corpus> {
  const [datasetId, annotationSetId] = [randomUUID(), randomUUID()];
  const artifactTypes = ['glitch', 'long_pause'];
  const stored: CorpusFile[] = [];
  for (let seed = 0; seed < files; seed++) stored.push(await storeFile(blobs, tenantId, seed, kinds ?? artifactTypes));
  stored.sort((a, b) => (a.audioFileId < b.audioFileId ? -1 : 1));
  const bytes = Buffer.from(
    JSON.stringify({
      manifestVersion: 1,
      ...{ tenantId, datasetId, annotationSetId, annotationSetVersion: 1, artifactTypes },
      files: stored.map(({ audioFileId, annotations }, index) => ({
        ...{ audioFileId, originalFilename: `${index}.wav`, group: null, annotations },
      })),
    }),
  );
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = blobKeys.manifest(tenantId, sha256);
  await blobs.put(key, bytes, { contentType: 'application/json', sizeBytes: bytes.length });
  return {
    tenantId,
    datasetId,
    annotationSetId,
    artifactTypes,
    files: stored,
    manifest: { key, sha256, sizeBytes: bytes.length },
  };
}

async function storeFile(blobs: BlobStore, tenantId: string, seed: number, kinds: readonly string[]): Promise<CorpusFile> {
  const { wav, sha256, durationMs, annotations } = recording(seed, kinds);
  await blobs.put(blobKeys.canonicalAudio(tenantId, sha256), wav, { contentType: 'audio/wav', sizeBytes: wav.length });
  return { audioFileId: randomUUID(), sha256, durationMs, annotations };
}

interface Recording extends Omit<CorpusFile, 'audioFileId'> {
  readonly wav: Uint8Array;
}

const recordings = new Map<string, Recording>();

/** Made once: every corpus has the same audio. */
function recording(seed: number, kinds: readonly string[]): Recording {
  const name = `${seed} ${kinds.join()}`;
  const made = recordings.get(name) ?? makeRecording(seed, kinds);
  recordings.set(name, made);
  return made;
}

function makeRecording(seed: number, kinds: readonly string[]): Recording {
  const order = seed % 2 === 0 ? pieces : [...pieces].reverse();
  const clean = new Float32Array(order.reduce((sum, piece) => sum + piece.length, 0));
  order.reduce((at, piece) => (clean.set(piece, at), at + piece.length), 0);
  const { samples, events } = synthesize(clean, { seed: `corpus ${seed}`, kinds, count: 4 });
  const pcm = float32ToPcm16(samples);
  const header = writeWavHeader({ sampleRateHz: 16_000, channels: 1, bitsPerSample: 16, dataBytes: pcm.byteLength });
  const wav = Buffer.concat([header, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)]);
  const sha256 = createHash('sha256').update(wav).digest('hex');
  const annotations = events.map(({ artifactType, startMs, endMs }) => ({
    ...{ artifactType, startMs: Math.round(startMs), endMs: Math.round(endMs), confidence: 1 },
  }));
  return { wav, sha256, durationMs: Math.round(samples.length / 16), annotations };
}
