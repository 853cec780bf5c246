export { platformCatalogue, type Catalogue } from './catalogue.js';
export { connectNats, MAX_PAYLOAD_BYTES, type ConnectionOptions } from './connection.js';
export { RpcClient, type CallReply, type CallRequest } from './rpc-client.js';
export { answer, type Responder } from './rpc-responder.js';
export { eventConsumerName, jobConsumerName, streams } from './topology.js';
