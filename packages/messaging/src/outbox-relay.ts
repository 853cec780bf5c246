import { byCodeUnit, metrics, type Logger, type Sql, type UnitOfWork } from '@earmark/service-kit';
import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { ConnectionState } from './connection-state.js';
import { SEEN } from './stream-epochs.js';

interface OutboxRow {
  readonly id: string;
  readonly subject: string;
  readonly payload: string;
  readonly headers: Record<string, string>;
}

interface StoredPlace {
  readonly stream: string;
  readonly seq: number;
}

export interface OutboxRelayOptions {
  readonly connection: NatsConnection;
  readonly uow: UnitOfWork;
  readonly sql: Sql;
  readonly logger: Logger;
}

const POLL_MS = 500;
const BATCH_ROWS = 100;
const PUBLISH_TIMEOUT_MS = 5_000;
/** Rows that were refused so often wait behind all others, so that they cannot block the head of the line. */
const PATIENCE = 5;

const published = metrics.counter({ name: 'earmark_outbox_published_total', help: 'Outbox rows published' });
const refused = metrics.counter({
  name: 'earmark_outbox_refused_total',
  help: 'Publishes that JetStream refused or did not answer',
});

/**
 * The next batch. Replicas work side by side on different rows. Never "id > last": ids are drawn before the commit, so a late one would
 * be missed. The index outbox_to_publish has this very order.
 */
export const TAKE_UNPUBLISHED = `
  SELECT id::text AS id, subject, payload::text AS payload, headers FROM outbox
  WHERE published_at IS NULL ORDER BY attempts > ${PATIENCE}, created_at, outbox.id LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED`;
const IDS = '(SELECT jsonb_array_elements_text($1::jsonb)::uuid)';
const MARK_PUBLISHED = `UPDATE outbox SET published_at = now(), attempts = attempts + 1 WHERE id IN ${IDS}`;
const MARK_REFUSED = `UPDATE outbox SET attempts = attempts + 1 WHERE id IN ${IDS}`;

/** Publishes outbox rows to JetStream, at least once, roughly in order of birth; a row is marked only after JetStream has it. */
export class OutboxRelay {
  readonly #options: OutboxRelayOptions;
  readonly #client: JetStreamClient;
  /** Called when a publish was refused: the stream may be gone. */
  onRefused: () => void = () => undefined;
  #stopped = false;
  #nudged = false;
  #failing = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: OutboxRelayOptions) {
    this.#options = options;
    this.#client = jetstream(options.connection);
    ConnectionState.of(options.connection).onBack(this.nudge);
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** Something was appended: look now instead of at the next poll. */
  readonly nudge = (): void => {
    this.#nudged = true;
    this.#wake();
  };

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      this.#nudged = false;
      const more = await this.#tryBatch();
      if (!more && !this.#stopped && !this.#nudged) await this.#pause();
    }
  }

  /** An outage is logged once, however many polls it lasts. */
  async #tryBatch(): Promise<boolean> {
    const { logger } = this.#options;
    try {
      const more = await this.#relayBatch();
      if (this.#failing) logger.info({}, 'the outbox is relayed again');
      this.#failing = false;
      return more;
    } catch (error) {
      if (!this.#failing) logger.warn({ error }, 'the outbox cannot be relayed; trying again until it can');
      this.#failing = true;
      return false;
    }
  }

  async #pause(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, POLL_MS);
    });
    clearTimeout(timer);
  }

  /** Publishes one batch; true when more rows may be waiting. */
  async #relayBatch(): Promise<boolean> {
    const { uow, sql, connection } = this.#options;
    if (!ConnectionState.of(connection).connected) return false;
    return uow.transaction(async () => {
      const rows = await sql.query<OutboxRow>(TAKE_UNPUBLISHED);
      if (rows.length === 0) return false;
      const outcomes = await Promise.all(rows.map((row) => this.#publish(row)));
      const accepted = rows.filter((_, index) => outcomes[index] !== null);
      const rejected = rows.filter((_, index) => outcomes[index] === null);
      await this.#mark(MARK_PUBLISHED, accepted);
      await this.#mark(MARK_REFUSED, rejected);
      await this.#recordSeen(outcomes.filter((place) => place !== null));
      published.inc(accepted.length);
      refused.inc(rejected.length);
      return rows.length === BATCH_ROWS && rejected.length === 0;
    });
  }

  async #mark(statement: string, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length > 0) await this.#options.sql.execute(statement, JSON.stringify(rows.map(({ id }) => id)));
  }

  /** With the rows, so that a stream that loses them later is known to have had them. */
  async #recordSeen(places: readonly StoredPlace[]): Promise<void> {
    const highest = new Map<string, number>();
    for (const { stream, seq } of places) highest.set(stream, Math.max(seq, highest.get(stream) ?? 0));
    for (const [stream, seq] of [...highest].sort(([a], [b]) => byCodeUnit(a, b)))
      await this.#options.sql.execute(SEEN, stream, seq);
  }

  /** Where JetStream stored it; null when it refused. */
  async #publish(row: OutboxRow): Promise<StoredPlace | null> {
    try {
      const options = { msgID: row.id, headers: headersOf(row), timeout: PUBLISH_TIMEOUT_MS };
      return await this.#client.publish(row.subject, row.payload, options);
    } catch (error) {
      this.#options.logger.warn({ messageId: row.id, subject: row.subject, error }, 'a message stays in the outbox');
      this.onRefused();
      return null;
    }
  }
}

function headersOf(row: OutboxRow): MsgHdrs {
  const result = headers();
  for (const [name, value] of Object.entries(row.headers)) result.set(name, value);
  return result;
}
