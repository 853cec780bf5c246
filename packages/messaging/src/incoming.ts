import { startTrace, type Trace } from '@earmark/service-kit';
import type { JsMsg } from '@nats-io/jetstream';
import type { z } from 'zod';

/** The id that makes effects exactly-once: the outbox row's, or the place in the stream for foreign messages. */
export function messageIdOf(message: JsMsg): string {
  return header(message, 'ce-id') ?? header(message, 'Nats-Msg-Id') ?? `${message.info.stream}-${message.info.streamSequence}`;
}

/** A header's value; undefined when it is absent or empty (the client makes no difference). */
function header(message: JsMsg, name: string): string | undefined {
  const value = message.headers?.get(name);
  return value === '' ? undefined : value;
}

/** When the fact happened; when it was stored, if the sender did not say. */
export function timeOf(message: JsMsg): Date {
  const said = new Date(header(message, 'ce-time') ?? '');
  return Number.isNaN(said.getTime()) ? message.time : said;
}

/** The trace the message belongs to. */
export function traceOf(message: JsMsg): Trace {
  return startTrace(header(message, 'traceparent'));
}

/** The payload by its schema, or a sentence why it is none. */
export function payloadOf<Schema extends z.ZodType>(
  message: Pick<JsMsg, 'string'>,
  schema: Schema,
): { readonly payload: z.output<Schema> } | { readonly unreadable: string } {
  const json = parseJson(message.string());
  if (json === undefined) return { unreadable: 'The message is not JSON.' };
  const parsed = schema.safeParse(json.value);
  return parsed.success ? { payload: parsed.data } : { unreadable: parsed.error.message };
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined; // the caller says so in the dead letter
  }
}
