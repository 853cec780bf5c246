import type { z } from 'zod';
import type { EventContract } from './define-event.js';
import type { JobContract } from './define-job.js';
import type { RpcContract } from './define-rpc.js';

/** What a consumer of an event receives. */
export type EventPayload<Contract extends Pick<EventContract, 'payload'>> = z.output<Contract['payload']>;
/** What a worker of a job receives. */
export type JobPayload<Contract extends Pick<JobContract, 'payload'>> = z.output<Contract['payload']>;
/** What the answerer of an RPC receives. */
export type RpcRequest<Contract extends Pick<RpcContract, 'request'>> = z.output<Contract['request']>;
/** What the answerer of an RPC returns. */
export type RpcAnswer<Contract extends Pick<RpcContract, 'response'>> = z.input<Contract['response']>;
/** What the caller of an RPC gets. */
export type RpcResponse<Contract extends Pick<RpcContract, 'response'>> = z.output<Contract['response']>;
