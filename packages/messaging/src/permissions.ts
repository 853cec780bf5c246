import { contexts, type Context } from '@earmark/contracts';
import { allEvents, allJobs, allRoutes, allRpcs } from '@earmark/contracts/catalogue';
import { eventConsumerName, jobConsumerName, streams } from './topology.js';

/** What a service's code does on NATS, beyond answering and announcing what is its own. */
export interface ServiceTraffic {
  /** Names of the contracts that it asks. */
  readonly asks: readonly string[];
  /** Names of the jobs that it queues. */
  readonly queues: readonly string[];
  /** Contexts whose events it handles. */
  readonly hears: readonly Context[];
}

/** A user of the NATS server; without subjects it may do everything. */
export interface NatsUser {
  readonly name: string;
  readonly publish?: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly subscribe?: { readonly allow: readonly string[] };
  /** It may reply to the requests that it receives. */
  readonly replies?: boolean;
}

/** The user for people and tools that look after the server. */
export const OPERATOR = 'operator';
/** The user for consumers outside the platform: it reads the events of all organisations and can change nothing. */
export const EVENT_READER = 'events';

/** Where a user receives replies: nobody else may listen there. */
export const inboxPrefixOf = (user: string): string => `_INBOX.${user}`;

/** The variable of the server's environment that holds a user's password. */
export const passwordVariableOf = (user: string): string => `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;

/** One user for each service, the operator and the reader of events. */
export function natsUsers(traffic: Readonly<Record<Context, ServiceTraffic>>): NatsUser[] {
  const services = contexts.map((context) => serviceUser(context, traffic[context]));
  const consumers = contexts.flatMap((context) => traffic[context].hears.map((from) => eventConsumerName(context, from)));
  return [...services, eventReader(consumers), { name: OPERATOR }];
}

function serviceUser(context: Context, { asks, queues, hears }: ServiceTraffic): NatsUser {
  const jobs = allJobs.filter((job) => job.context === context || queues.includes(job.name));
  const own = allJobs.filter((job) => job.context === context).flatMap(({ subjects }) => subjects);
  return {
    name: context,
    replies: true,
    publish: {
      allow: [
        ...(allEvents.some((event) => event.context === context) ? [`evt.${context}.>`] : []),
        ...jobs.flatMap(({ subjects }) => subjects),
        ...own.map((subject) => `dlq.${subject}`),
        ...hears.map((from) => `dlq.evt.${from}.>`),
        ...askedSubjects(context, asks),
        ...Object.values(streams).flatMap(streamApi),
        ...own.flatMap((subject) => consumerApi(streams.jobs, jobConsumerName(subject), subject)),
        ...hears.flatMap((from) => consumerApi(streams.events, eventConsumerName(context, from), `evt.${from}.>`)),
      ],
      deny: [],
    },
    subscribe: {
      allow: [
        `rpc.${context}.>`,
        `${inboxPrefixOf(context)}.>`,
        ...(context === 'gateway' ? ['evt.>'] : []), // it shows clients what happens
      ],
    },
  };
}

/** The gateway hands on every route; all others ask what their code names. */
function askedSubjects(context: Context, asks: readonly string[]): string[] {
  const askable = [...allRpcs, ...allRoutes];
  const isAsked = ({ name, kind }: (typeof askable)[number]): boolean =>
    asks.includes(name) || (context === 'gateway' && kind === 'route');
  return [...new Set(askable.filter(isAsked).map(({ subject }) => subject))].sort();
}

/** Services make and adjust the streams when they start; nobody but the operator deletes or purges one. */
function streamApi(stream: string): string[] {
  return ['INFO', 'CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${stream}`);
}

function consumerApi(stream: string, consumer: string, filter: string): string[] {
  return [
    `$JS.API.CONSUMER.INFO.${stream}.${consumer}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${consumer}.${filter}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`,
    ...acks(stream, consumer),
  ];
}

/** The second form names a domain and an account; newer servers use it. */
function acks(stream: string, consumer: string): string[] {
  return [`$JS.ACK.${stream}.${consumer}.>`, `$JS.ACK.*.*.${stream}.${consumer}.>`];
}

/** Consumers of its own on EVENTS, none of the platform's. */
function eventReader(consumers: readonly string[]): NatsUser {
  const verbs = ['INFO', 'CREATE', 'DELETE', 'MSG.NEXT'];
  return {
    name: EVENT_READER,
    publish: {
      allow: [
        '$JS.API.INFO',
        `$JS.API.STREAM.INFO.${streams.events}`,
        ...verbs.map((verb) => `$JS.API.CONSUMER.${verb}.${streams.events}.>`),
        `$JS.ACK.${streams.events}.>`,
        `$JS.ACK.*.*.${streams.events}.>`,
      ],
      deny: consumers.flatMap((consumer) => [
        ...verbs.map((verb) => `$JS.API.CONSUMER.${verb}.${streams.events}.${consumer}`),
        `$JS.API.CONSUMER.CREATE.${streams.events}.${consumer}.>`,
        ...acks(streams.events, consumer),
      ]),
    },
    subscribe: { allow: ['evt.>', `${inboxPrefixOf(EVENT_READER)}.>`] },
  };
}

/** The server's configuration of these users; it reads their passwords from its environment. */
export function natsConfiguration(users: readonly NatsUser[]): string {
  return `authorization {\n  users: [\n${users.map(userBlock).join('')}  ]\n}\n`;
}

function userBlock({ name, publish, subscribe, replies }: NatsUser): string {
  const lines = [
    `user: ${JSON.stringify(name)}`,
    `password: $${passwordVariableOf(name)}`,
    ...(publish === undefined || subscribe === undefined ? [] : permissionLines({ publish, subscribe, replies })),
  ];
  return `    {\n${lines.map((line) => `      ${line}\n`).join('')}    }\n`;
}

function permissionLines({
  publish,
  subscribe,
  replies,
}: Required<Pick<NatsUser, 'publish' | 'subscribe'>> & NatsReplies): string[] {
  return [
    'permissions: {',
    '  publish: {',
    ...list('allow', publish.allow),
    ...list('deny', publish.deny),
    '  }',
    '  subscribe: {',
    ...list('allow', subscribe.allow),
    '  }',
    // A call may take minutes; its reply is one message.
    ...(replies === true ? ['  allow_responses: { max: 1, expires: "15m" }'] : []),
    '}',
  ];
}

type NatsReplies = { readonly replies: boolean | undefined };

function list(name: string, subjects: readonly string[]): string[] {
  if (subjects.length === 0) return [];
  return [`    ${name}: [`, ...subjects.map((subject) => `      ${JSON.stringify(subject)}`), '    ]'];
}
