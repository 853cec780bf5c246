export { platformCatalogue, type Catalogue } from './catalogue.js';
export { connectNats, MAX_PAYLOAD_BYTES, type ConnectionOptions } from './connection.js';
export { ConnectionState } from './connection-state.js';
export { DeadLetters } from './dead-letters.js';
export { EventConsumer } from './event-consumer.js';
export { EventListener } from './event-listener.js';
export { JobConsumer } from './job-consumer.js';
export { OutboxRelay, TAKE_UNPUBLISHED } from './outbox-relay.js';
export { PullLoop } from './pull-loop.js';
export { inboxPrefixOf, natsConfiguration, natsUsers, OPERATOR } from './permissions.js';
export { RpcClient, type CallReply, type CallRequest } from './rpc-client.js';
export { answer, type Responder } from './rpc-responder.js';
export { headerNames, okReply, problemReply, type RpcReply } from './rpc-wire.js';
export { REPLAY_DAYS, StreamEpochs } from './stream-epochs.js';
export { StreamKeeper } from './stream-keeper.js';
export { Sweeper } from './sweeper.js';
export {
  eventConsumerName,
  eventConsumerPlan,
  jobConsumerName,
  jobConsumerPlans,
  streamPlans,
  streams,
  type TopologyPlan,
} from './topology.js';
export { fieldErrors, routeProblem, validationFailed } from './validation.js';
export type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
