import type { z } from 'zod';
import { allEvents, allJobs, allRpcs } from '../catalogue.js';
import type { EventContract } from '../kernel/define-event.js';
import type { JobContract } from '../kernel/define-job.js';
import type { RpcContract } from '../kernel/define-rpc.js';
import { apiVersion, camelName, pascalName, type Json, type JsonObject } from './document.js';
import { jsonSchemaOf, namedSchemas } from './json-schema.js';

const description = `What the services say to each other over NATS. Events are CloudEvents 1.0 in binary mode (attributes are \`ce-*\` headers, the
payload is the data) on the JetStream stream EVENTS, kept for seven days; subscribe with a durable consumer of your own, filtered to
\`evt.<context>.>\`, and drop a \`ce-id\` you have seen. A payload that was published once parses for ever: new meaning is a new version in the
subject. Jobs (stream JOBS) and questions (RPC) are the services' own and may change.`;

const textHeader = (text: string): JsonObject => ({ type: 'string', description: text });

const cloudEventHeaders: JsonObject = {
  type: 'object',
  required: ['ce-id', 'ce-specversion', 'ce-type', 'ce-source', 'ce-time'],
  properties: {
    'ce-id': textHeader('Names the message; the same message delivered again has the same id.'),
    'ce-specversion': { type: 'string', const: '1.0' },
    'ce-type': textHeader('The subject.'),
    'ce-source': textHeader('The service that says it: `/earmark/<context>`.'),
    'ce-time': { type: 'string', format: 'date-time' },
    'ce-datacontenttype': { type: 'string', const: 'application/json' },
    'ce-tenantid': textHeader('The organisation it is about.'),
    traceparent: textHeader('W3C trace context.'),
  },
};

interface Part {
  readonly channels: JsonObject;
  readonly operations: JsonObject;
  readonly messages: JsonObject;
}

/** The AsyncAPI 3 document of everything on NATS, from the contracts. */
export function asyncApiDocument(): JsonObject {
  const parts = [...allEvents.map(eventPart), ...allJobs.flatMap(jobParts), ...allRpcs.map(rpcPart)];
  const merged = (pick: (part: Part) => JsonObject): JsonObject => Object.assign({}, ...parts.map(pick)) as JsonObject;
  return {
    asyncapi: '3.0.0',
    info: { title: 'Earmark messages', version: apiVersion, description, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: { nats: { host: 'localhost:4222', protocol: 'nats', description: 'NATS 2.9 or later with JetStream.' } },
    channels: merged((part) => part.channels),
    operations: merged((part) => part.operations),
    components: { messages: merged((part) => part.messages), schemas: namedSchemas() },
  };
}

function eventPart(event: EventContract): Part {
  const id = `${camelName(event.name)}V${event.version}`;
  return {
    channels: { [id]: channel(event.subject, event.summary, [id]) },
    operations: { [`announce${pascalName(event.name)}V${event.version}`]: operation('send', id, event.summary) },
    messages: {
      [id]: message({ contract: event, name: event.subject, schema: event.payload, example: event.example, direction: 'output' }),
    },
  };
}

function jobParts(job: JobContract): Part[] {
  const id = `${camelName(job.name)}V${job.version}`;
  const lanes: readonly (string | undefined)[] = job.lanes ?? [undefined];
  return lanes.map((lane) => {
    const channelId = lane === undefined ? id : `${id}-${lane}`;
    return {
      channels: { [channelId]: channel(job.subjectOf(lane), job.summary, [id]) },
      operations: { [`work-${channelId}`]: operation('receive', channelId, job.summary) },
      messages: {
        [id]: message({ contract: job, name: job.subject, schema: job.payload, example: job.example, direction: 'output' }),
      },
    };
  });
}

function rpcPart(rpc: RpcContract): Part {
  const id = `${camelName(rpc.name)}V${rpc.version}`;
  const [question, answer] = [`${id}Request`, `${id}Reply`];
  const replyId = `${id}-reply`;
  return {
    channels: {
      [id]: channel(rpc.subject, rpc.summary, [question]),
      // The caller names the subject of the reply (NATS inbox), so that it has no address here.
      [replyId]: channel(null, `The answer to ${rpc.subject}, or a problem.`, [answer]),
    },
    operations: {
      [`answer-${id}`]: {
        ...operation('receive', id, rpc.summary),
        reply: { channel: { $ref: `#/channels/${replyId}` } },
      },
    },
    messages: {
      [question]: message({
        contract: rpc,
        name: rpc.subject,
        schema: rpc.request,
        example: rpc.exampleRequest,
        direction: 'input',
      }),
      [answer]: message({
        contract: rpc,
        name: `${rpc.subject} reply`,
        schema: rpc.response,
        example: rpc.exampleResponse,
        direction: 'output',
      }),
    },
  };
}

function channel(address: string | null, text: string, messageIds: readonly string[]): JsonObject {
  const messages = Object.fromEntries(messageIds.map((id) => [id, { $ref: `#/components/messages/${id}` }]));
  return { address, description: text, messages };
}

function operation(action: 'send' | 'receive', channelId: string, summary: string): JsonObject {
  return { action, channel: { $ref: `#/channels/${channelId}` }, summary };
}

interface MessageParts {
  readonly contract: EventContract | JobContract | RpcContract;
  readonly name: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
  readonly direction: 'input' | 'output';
}

function message({ contract, name, schema, example, direction }: MessageParts): JsonObject {
  return {
    name,
    title: contract.summary,
    contentType: 'application/json',
    ...(contract.kind === 'rpc' ? {} : { headers: cloudEventHeaders }),
    payload: jsonSchemaOf(schema, direction),
    examples: [{ payload: example as Json }],
  };
}
