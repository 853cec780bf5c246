import type { EventContract, JobContract, Message } from '@earmark/contracts';
import { allEvents, allJobs } from '@earmark/contracts/catalogue';
import type { z } from 'zod';

/** The contracts that messages are checked against. */
export interface MessageContracts {
  readonly events: readonly EventContract[];
  readonly jobs: readonly JobContract[];
}

/** Parses messages by their contract; throws when the contract is unknown or the payload is not what it says (both are bugs). */
export class MessageParser {
  readonly #bySubject: ReadonlyMap<string, z.ZodType>;

  constructor({ events, jobs }: MessageContracts = { events: allEvents, jobs: allJobs }) {
    this.#bySubject = new Map([
      ...events.map(({ subject, payload }) => [subject, payload] as const),
      ...jobs.flatMap(({ subjects, payload }) => subjects.map((subject) => [subject, payload] as const)),
    ]);
  }

  parse(message: Message): unknown {
    const schema = this.#bySubject.get(message.subject);
    if (schema === undefined) throw new Error(`No contract has the subject "${message.subject}".`);
    const parsed = schema.safeParse(message.payload);
    if (!parsed.success) throw new Error(`${message.name} does not fit its contract: ${parsed.error.message}`);
    return parsed.data;
  }
}
