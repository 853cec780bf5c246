// Prints what happens to models, also what happened while nobody listened: a durable consumer of the EVENTS stream.
//   node listen.mjs        (NATS_URL, or the platform that `npm start` runs here)
// The user `events` reads the events of all organisations and can change nothing.
import fs from 'node:fs';
import { AckPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';

const readyFile = `${process.env.EARMARK_HOME ?? '.earmark'}/ready.json`;
const url = new URL(process.env.NATS_URL ?? JSON.parse(fs.readFileSync(readyFile, 'utf8')).servers.events_url);
const { username: user, password: pass } = url;
// The server lets each user receive replies under its own name only.
const connection = await connect({
  servers: url.host,
  user,
  pass,
  inboxPrefix: `_INBOX.${user}`,
  name: 'example-event-consumer',
});

// Made once; afterwards the server remembers under this name how far we got.
const name = 'example_event_consumer';
const manager = await jetstreamManager(connection);
await manager.consumers.add('EVENTS', {
  durable_name: name,
  filter_subject: 'evt.model-registry.>',
  ack_policy: AckPolicy.Explicit,
});

const consumer = await jetstream(connection).consumers.get('EVENTS', name);
const messages = await consumer.consume();
process.once('SIGINT', () => messages.stop());
console.log(`listening at ${connection.getServer()}; Ctrl-C ends it`);
for await (const message of messages) {
  // Delivery is at least once: remember ce-id where doing it twice would hurt.
  console.log(message.headers?.get('ce-time'), message.headers?.get('ce-id'), message.subject, message.json());
  message.ack();
}
await connection.drain();
