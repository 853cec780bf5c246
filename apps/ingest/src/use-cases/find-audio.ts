import type { AudioStatus, Reference } from '@earmark/contracts';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioFileStore } from '../ports.js';
import { isOf } from './find-or-refuse.js';

/** What other services ask about confirmed files. */
export class FindAudio {
  constructor(private readonly ports: { readonly files: AudioFileStore }) {}

  /** Files of the reference, if one is given, among the ids. */
  async byIds(tenantId: string, reference: Reference | null, ids: readonly string[]): Promise<AudioFile[]> {
    const found = await this.ports.files.findAll(tenantId, ids);
    return found.filter((file) => file.confirmedAt !== null && (reference === null || isOf(file, reference)));
  }

  /** Oldest first. */
  list(
    tenantId: string,
    reference: Reference,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>> {
    return this.ports.files.list(tenantId, reference, status, request);
  }

  count(tenantId: string, kind: string, ids: readonly string[]): Promise<Map<string, number>> {
    return this.ports.files.count(tenantId, kind, ids);
  }
}
