export { eraseData, type Home } from './platform/home.js';
export { LocalPlatform } from './platform/local-platform.js';
export { runOperatorCommand } from './platform/operator-command.js';
export type { Ready } from './platform/ready.js';
export { natsBinary, onPath } from './servers/nats-binary.js';
export { freePort } from './servers/ports.js';
export {
  temporaryNats,
  temporaryPostgres,
  temporaryS3,
  type TemporaryNats,
  type TemporaryS3,
  type TemporaryServer,
} from './servers/temporary.js';
