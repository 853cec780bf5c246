import type { Sql, UnitOfWork } from '@earmark/service-kit';
import { streams } from './topology.js';

/** What a stream is now. */
export interface StreamState {
  readonly stream: string;
  /** When it was created: its epoch. */
  readonly created: string;
  /** Sequence number of its newest message ever; it never falls while the stream keeps what it has stored. */
  readonly lastSeq: number;
}

export interface StreamLoss {
  /** Names of streams that were re-created, or that lost their newest messages, since this service last looked. */
  readonly streams: readonly string[];
  /** Own events that will be published again. */
  readonly replayedEvents: number;
}

/** Days of own events published again after a loss; consumers' inboxes drop what they know. Rows are kept as long. */
export const REPLAY_DAYS = 8;

/**
 * Notices that a stream was deleted and created anew (decisions 13), because its epoch differs from the recorded one, or that it lost its
 * tail, because its last sequence number is lower than one seen before: JetStream acknowledges before it writes to disk. Own events of the
 * last 8 days then go back to the outbox. Jobs are re-emitted from their rows by the sweeps, which the caller runs.
 */
export class StreamEpochs {
  readonly #uow: UnitOfWork;
  readonly #sql: Sql;

  constructor({ uow, sql }: { uow: UnitOfWork; sql: Sql }) {
    this.#uow = uow;
    this.#sql = sql;
  }

  /** Compares and records, in one transaction with the replay, so that a crash between them loses nothing. */
  compare(states: readonly StreamState[]): Promise<StreamLoss> {
    return this.#uow.transaction(async () => {
      const lost: string[] = [];
      for (const state of states) if (await this.#record(state)) lost.push(state.stream);
      const replayedEvents = lost.includes(streams.events) ? await this.#replay() : 0;
      return { streams: lost, replayedEvents };
    });
  }

  /** True when the stream lost something. The row lock makes one replica the one that notices. */
  async #record({ stream, created, lastSeq }: StreamState): Promise<boolean> {
    const inserted = await this.#sql.execute(
      `INSERT INTO stream_epoch (stream, epoch, last_seq, updated_at) VALUES ($1::text, $2::text, $3::bigint, now())
       ON CONFLICT DO NOTHING`,
      stream,
      created,
      lastSeq,
    );
    if (inserted === 1) return false;
    const changed = await this.#sql.execute(
      `UPDATE stream_epoch SET epoch = $2::text, last_seq = $3::bigint, updated_at = now()
       WHERE stream = $1::text AND (epoch <> $2::text OR last_seq > $3::bigint)`,
      stream,
      created,
      lastSeq,
    );
    if (changed === 0) await this.#sql.execute(SEEN, stream, lastSeq);
    return changed === 1;
  }

  #replay(): Promise<number> {
    return this.#sql.execute(
      `UPDATE outbox SET published_at = NULL, attempts = 0
       WHERE kind = 'event' AND published_at IS NOT NULL AND created_at > now() - interval '${REPLAY_DAYS} days'`,
    );
  }
}

/** Records that a stream has reached a sequence number ($1 stream, $2 number). */
export const SEEN = 'UPDATE stream_epoch SET last_seq = $2::bigint WHERE stream = $1::text AND last_seq < $2::bigint';
