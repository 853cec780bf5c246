export { type Answer, type CallInput, type CallOptions } from './call.js';
export { createClient, EarmarkClient, type WaitOptions } from './client.js';
export type { AnswerOf, Methods } from './methods.js';
export { ApiError } from './problem-error.js';
export { jsonRoutes, objectRoutes, specialRoutes } from './routes.js';
export type { ClientOptions } from './transport.js';
export type { AudioSource } from './uploads.js';
