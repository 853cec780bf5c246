import type { Message } from '@earmark/contracts';
import { detectRequest } from '../domain/inference-file.js';
import type { FileStore } from '../ports.js';

/** Rows younger than this have their first message on the way. */
const MIN_AGE_MS = 5_000;
const LIMIT = 1_000;

/** Messages for confirmed files that are not done and that nobody holds: theirs may be lost. */
export class FindIdleFiles {
  constructor(private readonly ports: { readonly files: FileStore }) {}

  async execute(): Promise<Message[]> {
    return (await this.ports.files.idle(MIN_AGE_MS, LIMIT)).map(detectRequest);
  }
}
