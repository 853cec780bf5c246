import type { Message } from '@earmark/contracts';
import { allEvents, allJobs } from '@earmark/contracts/catalogue';
import type { z } from 'zod';

/** What it takes to check a message before it is stored. */
export interface MessageContract {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly payload: z.ZodType;
}

/** Every event and job of the platform. */
export function messageContracts(): MessageContract[] {
  const events = allEvents.map(({ name, subject, payload }) => ({ name, subjects: [subject], payload }));
  const jobs = allJobs.map(({ name, subjects, payload }) => ({ name, subjects, payload }));
  return [...events, ...jobs];
}

/** Parses messages by their contract; throws when the contract is unknown or the payload is not what it says (both are bugs). */
export class MessageParser {
  readonly #bySubject: ReadonlyMap<string, MessageContract>;

  constructor(contracts: readonly MessageContract[] = messageContracts()) {
    this.#bySubject = new Map(contracts.flatMap((contract) => contract.subjects.map((subject) => [subject, contract])));
  }

  parse(message: Message): unknown {
    const contract = this.#bySubject.get(message.subject);
    if (contract === undefined) throw new Error(`No contract has the subject "${message.subject}".`);
    const parsed = contract.payload.safeParse(message.payload);
    if (!parsed.success) throw new Error(`${message.name} does not fit its contract: ${parsed.error.message}`);
    return parsed.data;
  }
}
