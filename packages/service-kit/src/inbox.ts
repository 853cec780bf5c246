import type { Sql } from './sql.js';

/** Makes effects exactly-once: a row per (consumer, message) in the effect's own transaction. */
export class Inbox {
  constructor(private readonly sql: Sql) {}

  /** Whether this consumer sees the message for the first time. A twin in another open transaction is waited for. */
  async firstTime(consumer: string, messageId: string): Promise<boolean> {
    const inserted = await this.sql.execute(
      'INSERT INTO inbox (consumer, message_id) VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING',
      consumer,
      messageId,
    );
    return inserted === 1;
  }
}
