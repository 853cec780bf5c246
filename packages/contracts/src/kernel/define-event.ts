import type { z } from 'zod';
import type { Message } from './message.js';
import { parseName, type Context, type ContractName } from './names.js';

export interface EventDefinition<Payload extends z.ZodType> {
  readonly name: ContractName;
  readonly version: number;
  /** One sentence in the past tense: what happened. */
  readonly summary: string;
  readonly payload: Payload;
  readonly example: z.input<Payload>;
  /** The services that handle it; each refuses to start without exactly one handler. Nobody unless given. */
  readonly heardBy?: readonly Context[];
}

/** A fact that a service announces. Subject `evt.<context>.<fact>.v<version>`, stream EVENTS. */
export interface EventContract<Payload extends z.ZodType = z.ZodType> extends EventDefinition<Payload> {
  readonly kind: 'event';
  readonly context: Context;
  readonly subject: string;
  readonly heardBy: readonly Context[];
  /** The message to put into a transition. It is parsed again at the outbox and by every consumer. */
  fact(payload: z.output<Payload>): Message;
}

/** Defines an event; throws at import time on a malformed name. */
export function defineEvent<Payload extends z.ZodType>(definition: EventDefinition<Payload>): EventContract<Payload> {
  const { context, action } = parseName(definition.name);
  const subject = `evt.${context}.${action}.v${definition.version}`;
  return {
    ...definition,
    kind: 'event',
    context,
    subject,
    heardBy: definition.heardBy ?? [],
    fact: (payload) => ({ kind: 'event', name: definition.name, subject, payload }),
  };
}
