import type { Message } from '@earmark/contracts';
import type { Clock } from './clock.js';
import type { IdSource } from './ids.js';
import { MessageParser } from './message-parser.js';
import type { Sql } from './sql.js';
import { currentTrace } from './trace.js';
import type { UnitOfWork } from './unit-of-work.js';

export interface OutboxPorts {
  readonly uow: UnitOfWork;
  readonly sql: Sql;
  readonly ids: IdSource;
  readonly clock: Clock;
  /** Called after the commit of a transaction that appended something. */
  readonly nudge?: () => void;
  readonly parser?: MessageParser;
}

const INSERT = `
  INSERT INTO outbox (id, kind, subject, payload, headers, created_at)
  SELECT id, kind, subject, payload, headers, clock_timestamp()
  FROM jsonb_to_recordset($1::jsonb) AS message(id uuid, kind text, subject text, payload jsonb, headers jsonb)`;

/** Messages that leave with the change they describe: rows of the same transaction, published later by the relay. */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #parser: MessageParser;

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
    this.#parser = ports.parser ?? new MessageParser();
  }

  /** Adds messages to the open transaction; throws when none is open or when a payload does not fit its contract. */
  async append(messages: readonly Message[]): Promise<void> {
    const { uow, sql, nudge } = this.#ports;
    if (!uow.inTransaction()) throw new Error('Outbox.append needs an open transaction.');
    if (messages.length === 0) return;
    const rows = messages.map((message) => this.#row(message));
    await sql.execute(INSERT, JSON.stringify(rows));
    if (nudge !== undefined) uow.afterCommit(nudge);
  }

  #row(message: Message) {
    const { ids, clock } = this.#ports;
    const payload = this.#parser.parse(message);
    const id = ids.next();
    const headers = cloudEventHeaders(id, message, payload, clock.now());
    return { id, kind: message.kind, subject: message.subject, payload, headers };
  }
}

/** CloudEvents 1.0, NATS binding, binary mode: attributes in headers, data in the body. */
function cloudEventHeaders(id: string, message: Message, payload: unknown, at: Date): Record<string, string> {
  const traceparent = currentTrace()?.traceparent;
  const tenantId = (payload as { tenantId?: unknown } | null)?.tenantId;
  return {
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-source': `/earmark/${message.name.split('.')[0] ?? ''}`,
    'ce-type': message.subject,
    'ce-time': at.toISOString(),
    'ce-datacontenttype': 'application/json',
    ...(typeof tenantId === 'string' ? { 'ce-tenantid': tenantId } : {}),
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}
