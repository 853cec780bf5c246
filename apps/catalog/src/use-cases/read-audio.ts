import { Problem, type ObjectRef } from '@earmark/contracts';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioAddress, AudioDirectory, AudioFiles, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly audio: AudioDirectory;
  readonly audioFiles: AudioFiles;
}

/** Reads one confirmed file of a dataset, and where its bytes and its waveform are. */
export class ReadAudio {
  constructor(private readonly ports: Ports) {}

  /** Problems: dataset_not_found, audio_file_not_found. */
  async execute({ tenantId, datasetId, audioFileId }: AudioAddress): Promise<AudioFile> {
    requireDataset(await this.ports.datasets.find(tenantId, datasetId));
    const file = (await this.ports.audio.find(tenantId, datasetId, [audioFileId])).get(audioFileId);
    if (file) return file;
    throw new Problem('audio_file_not_found', 'There is no such audio file.');
  }

  /** A short-lived URL of the bytes as they were uploaded. */
  async downloadUrl(address: AudioAddress): Promise<{ url: string; expiresInSeconds: number }> {
    requireDataset(await this.ports.datasets.find(address.tenantId, address.datasetId));
    return this.ports.audioFiles.downloadUrl(address);
  }

  /** Where the waveform is stored; problem audio_not_ready. */
  async peaks(address: AudioAddress): Promise<ObjectRef> {
    requireDataset(await this.ports.datasets.find(address.tenantId, address.datasetId));
    return this.ports.audioFiles.peaks(address);
  }
}
