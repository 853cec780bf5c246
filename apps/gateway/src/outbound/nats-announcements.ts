import type { Logger } from '@earmark/service-kit';
import type { Announcements } from '../ports.js';

/** The part of a NATS connection that is needed here; the client itself lives in messaging. */
interface Listenable {
  subscribe(
    subject: string,
    options: { callback: (error: Error | null, message: { json(): unknown }) => void },
  ): { unsubscribe(): void };
}

/** Core NATS: what JetStream stores is also heard by whoever listens to the subject at that moment, on every gateway. */
export class NatsAnnouncements implements Announcements {
  constructor(private readonly ports: { connection: Listenable; logger: Logger }) {}

  listen(subject: string, hear: (payload: unknown) => void): () => void {
    const subscription = this.ports.connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#pass(subject, message, hear);
        else this.ports.logger.warn({ subject, error }, 'listening to announcements failed');
      },
    });
    return () => subscription.unsubscribe();
  }

  #pass(subject: string, message: { json(): unknown }, hear: (payload: unknown) => void): void {
    try {
      hear(message.json());
    } catch (error) {
      this.ports.logger.warn({ subject, error }, 'an announcement could not be read');
    }
  }
}
