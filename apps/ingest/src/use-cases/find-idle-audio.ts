import type { Message } from '@earmark/contracts';
import { processRequest } from '../domain/audio-file.js';
import type { AudioFileStore } from '../ports.js';

/** Files confirmed less long ago than this have their first message on the way. */
const MIN_AGE_MS = 5_000;
const LIMIT = 1_000;

/** Messages for confirmed files that are not finished and that nobody holds: theirs may be lost. */
export class FindIdleAudio {
  constructor(private readonly ports: { readonly files: AudioFileStore }) {}

  async execute(): Promise<Message[]> {
    return (await this.ports.files.idle(MIN_AGE_MS, LIMIT)).map(processRequest);
  }
}
