import type { AudioFile } from '../domain/audio-file.js';
import type { AudioObjects, Ticket } from '../ports.js';

/** Presigns an upload for every file. */
export class IssueTickets {
  constructor(private readonly ports: { readonly objects: AudioObjects }) {}

  async execute(files: readonly AudioFile[]): Promise<Map<string, Ticket>> {
    const { objects } = this.ports;
    return new Map(await Promise.all(files.map(async (file) => [file.id, await objects.ticket(file)] as const)));
  }
}
