import type { Sql, UnitOfWork } from '@earmark/service-kit';
import { streams } from './topology.js';

/** A stream and the moment it was created: its epoch. */
export interface StreamBirth {
  readonly stream: string;
  readonly created: string;
}

export interface Recreated {
  /** Names of streams that were re-created since this service last looked. */
  readonly streams: readonly string[];
  /** Own events that will be published again. */
  readonly replayedEvents: number;
}

/** Days of own events published again into a re-created stream; consumers' inboxes drop what they know. Rows are kept as long. */
export const REPLAY_DAYS = 8;

/**
 * Notices that a stream was deleted and created anew (decisions 13): its epoch differs from the recorded one. Own events of the last
 * 8 days then go back to the outbox. Jobs are re-emitted from their rows by the sweeps, which the caller runs.
 */
export class StreamEpochs {
  readonly #uow: UnitOfWork;
  readonly #sql: Sql;

  constructor({ uow, sql }: { uow: UnitOfWork; sql: Sql }) {
    this.#uow = uow;
    this.#sql = sql;
  }

  /** Compares and records, in one transaction with the replay, so that a crash between them loses nothing. */
  compare(births: readonly StreamBirth[]): Promise<Recreated> {
    return this.#uow.transaction(async () => {
      const recreated: string[] = [];
      for (const birth of births) if (await this.#record(birth)) recreated.push(birth.stream);
      const replayedEvents = recreated.includes(streams.events) ? await this.#replay() : 0;
      return { streams: recreated, replayedEvents };
    });
  }

  /** True when the stream had another epoch. The row lock makes one replica the one that notices. */
  async #record({ stream, created }: StreamBirth): Promise<boolean> {
    const inserted = await this.#sql.execute(
      'INSERT INTO stream_epoch (stream, epoch, updated_at) VALUES ($1::text, $2::text, now()) ON CONFLICT DO NOTHING',
      stream,
      created,
    );
    if (inserted === 1) return false;
    const changed = await this.#sql.execute(
      'UPDATE stream_epoch SET epoch = $2::text, updated_at = now() WHERE stream = $1::text AND epoch <> $2::text',
      stream,
      created,
    );
    return changed === 1;
  }

  #replay(): Promise<number> {
    return this.#sql.execute(
      `UPDATE outbox SET published_at = NULL, attempts = 0
       WHERE kind = 'event' AND published_at IS NOT NULL AND created_at > now() - interval '${REPLAY_DAYS} days'`,
    );
  }
}
