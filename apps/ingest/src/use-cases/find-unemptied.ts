import type { Message } from '@earmark/contracts';
import { deleteReleased } from '@earmark/contracts/ingest/jobs';
import type { ReferenceStore } from '../ports.js';

/** A reference released less long ago than this has its first message on the way. */
const MIN_AGE_MS = 5_000;
const LIMIT = 1_000;

/** Messages for released references that have files left: theirs may be lost. */
export class FindUnemptied {
  constructor(private readonly ports: { readonly references: ReferenceStore }) {}

  async execute(): Promise<Message[]> {
    return (await this.ports.references.unemptied(MIN_AGE_MS, LIMIT)).map((reference) => deleteReleased.request(reference));
  }
}
