// Looks into JetStream and the tables for specs.
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONNECTION, SQL, UNIT_OF_WORK, type RunningService } from '@earmark/service-runtime';
import { Outbox, type Sql, type UnitOfWork } from '@earmark/service-kit';
import type { Message } from '@earmark/contracts';
import type { TestServer } from '@earmark/testkit';
import { jetstreamManager, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

export const connectionOf = (service: RunningService): NatsConnection => service.app.get<NatsConnection>(CONNECTION);
export const sqlOfService = (service: RunningService): Sql => service.app.get<Sql>(SQL);
export const unitOfWork = (service: RunningService): UnitOfWork => service.app.get<UnitOfWork>(UNIT_OF_WORK);

/** Commits messages to the outbox, as a store would. */
export async function say(service: RunningService, ...messages: Message[]): Promise<void> {
  await unitOfWork(service).transaction(() => service.app.get(Outbox).append(messages));
}

/** The JetStream manager of a service's connection. */
export function managerOf(service: RunningService): Promise<JetStreamManager> {
  return jetstreamManager(connectionOf(service), { checkAPI: false });
}

/** The last dead letter with this original subject; throws while there is none. */
export async function deadLetter(service: RunningService, subject: string): Promise<StoredMsg> {
  const letter = await (await managerOf(service)).streams.getMessage('DEAD', { last_by_subj: `dlq.${subject}` });
  if (letter === null) throw new Error(`There is no dead letter of ${subject}.`);
  return letter;
}

/** Messages that a stream holds. */
export async function storedIn(service: RunningService, stream: string): Promise<number> {
  return (await (await managerOf(service)).streams.info(stream)).state.messages;
}

/** Kills the server, deletes everything JetStream stored, and starts it again on the same port. */
export async function loseJetStream(nats: TestServer): Promise<void> {
  const { logFile } = nats as TestServer & { logFile: string };
  await nats.kill();
  rmSync(join(dirname(logFile), 'jetstream'), { recursive: true, force: true });
  await nats.start();
}

/** Stops the server while its store is copied, as a disk that is some writes behind would hold it; `restore` puts the copy back. */
export async function copyOfJetStream(nats: TestServer): Promise<{ restore(): void }> {
  const { logFile } = nats as TestServer & { logFile: string };
  const [store, copy] = [join(dirname(logFile), 'jetstream'), join(dirname(logFile), 'jetstream-copy')];
  await nats.kill();
  cpSync(store, copy, { recursive: true });
  await nats.start();
  return {
    restore: () => {
      rmSync(store, { recursive: true, force: true });
      cpSync(copy, store, { recursive: true });
    },
  };
}

/** The stored event whose payload names the note; null when EVENTS has none. */
export async function eventIn(manager: JetStreamManager, noteId: string): Promise<StoredMsg | null> {
  const { state } = await manager.streams.info('EVENTS');
  for (let seq = state.last_seq; seq >= state.first_seq; seq -= 1) {
    const message = await manager.streams.getMessage('EVENTS', { seq }).catch(() => null);
    if (message?.string().includes(noteId) === true) return message;
  }
  return null;
}
