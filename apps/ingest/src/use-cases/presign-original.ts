import type { Reference } from '@earmark/contracts';
import type { AudioFileStore, AudioObjects } from '../ports.js';
import { requireConfirmed } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly objects: AudioObjects;
}

/** A short-lived URL of the bytes as they were uploaded. */
export class PresignOriginal {
  constructor(private readonly ports: Ports) {}

  async execute(
    tenantId: string,
    reference: Reference | null,
    audioFileId: string,
  ): Promise<{ url: string; expiresInSeconds: number }> {
    const { files, objects } = this.ports;
    return objects.downloadUrl(requireConfirmed(await files.find(tenantId, audioFileId), reference));
  }
}
