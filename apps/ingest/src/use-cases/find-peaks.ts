import { Problem, type Reference } from '@earmark/contracts';
import type { AudioFileStore, AudioObjects, ContentStore } from '../ports.js';
import { requireConfirmed } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly contents: ContentStore;
  readonly objects: AudioObjects;
}

/** Where the waveform of a ready file is stored. */
export class FindPeaks {
  constructor(private readonly ports: Ports) {}

  /** Problems: audio_file_not_found, audio_not_ready. */
  async execute(
    tenantId: string,
    reference: Reference,
    audioFileId: string,
  ): Promise<{ key: string; sha256: string; sizeBytes: number }> {
    const { files, contents, objects } = this.ports;
    const { sha256, status } = requireConfirmed(await files.find(tenantId, audioFileId), reference);
    const peaks = status === 'ready' && sha256 !== null ? await contents.peaks(tenantId, sha256) : null;
    if (peaks === null || sha256 === null) throw new Problem('audio_not_ready', 'The waveform is there once the file is ready.');
    return { key: objects.peaksKey({ tenantId, sha256 }), ...peaks };
  }
}
