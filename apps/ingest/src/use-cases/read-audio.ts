import { Problem, type AudioStatus } from '@earmark/contracts';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioFileStore, AudioObjects, ContentStore, DatasetDirectory } from '../ports.js';
import { requireConfirmed } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly contents: ContentStore;
  readonly objects: AudioObjects;
  readonly datasets: DatasetDirectory;
}

/** Which file of which dataset. */
export interface AudioAddress {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly audioFileId: string;
}

export class ListAudio {
  constructor(private readonly ports: Ports) {}

  async execute(
    tenantId: string,
    datasetId: string,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>> {
    await this.ports.datasets.require(tenantId, datasetId);
    return this.ports.files.list(tenantId, datasetId, status, request);
  }
}

export class ReadAudio {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, datasetId, audioFileId }: AudioAddress): Promise<AudioFile> {
    await this.ports.datasets.require(tenantId, datasetId);
    return requireConfirmed(await this.ports.files.find(tenantId, audioFileId), datasetId);
  }
}

/** The stored waveform of a ready file. */
export class ReadPeaks {
  constructor(private readonly ports: Ports) {}

  async execute(address: AudioAddress): Promise<{ key: string; sha256: string; sizeBytes: number }> {
    const { tenantId } = address;
    const { sha256, status } = await new ReadAudio(this.ports).execute(address);
    const peaks = status === 'ready' && sha256 !== null ? await this.ports.contents.peaks(tenantId, sha256) : null;
    if (peaks === null || sha256 === null) throw new Problem('audio_not_ready', 'The waveform is there once the file is ready.');
    return { key: this.ports.objects.peaksKey({ tenantId, sha256 }), ...peaks };
  }
}

/** A short-lived URL of the bytes as they were uploaded. */
export class PresignOriginal {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, audioFileId: string, datasetId?: string): Promise<{ url: string; expiresInSeconds: number }> {
    if (datasetId !== undefined) await this.ports.datasets.require(tenantId, datasetId);
    return this.ports.objects.downloadUrl(requireConfirmed(await this.ports.files.find(tenantId, audioFileId), datasetId));
  }
}

/** What other services ask about files. */
export class FindAudio {
  constructor(private readonly ports: Pick<Ports, 'files'>) {}

  byIds(tenantId: string, datasetId: string | null, ids: readonly string[]): Promise<AudioFile[]> {
    return this.ports.files.findConfirmed(tenantId, datasetId, ids);
  }

  ofDataset(tenantId: string, datasetId: string, afterId: string | null, limit: number): Promise<AudioFile[]> {
    return this.ports.files.listAfter(tenantId, datasetId, afterId, limit);
  }

  count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>> {
    return this.ports.files.count(tenantId, datasetIds);
  }
}
