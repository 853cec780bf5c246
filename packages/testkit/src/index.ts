export { eventually } from './eventually.js';
export type { EventuallyOptions } from './eventually.js';
export { noise, silence, sine, speechLike } from './signals.js';
export type { SignalShape } from './signals.js';
export { startServers } from './servers.js';
export type { TestPostgres, TestS3, TestServer, TestServers, WantedServers } from './servers.js';
