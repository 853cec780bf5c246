import type { IncomingMessage, ServerResponse } from 'node:http';
import { allows, Problem, type CallContext, type RouteContract } from '@earmark/contracts';
import { publicPrefix } from '@earmark/contracts/documents';
import { asProblem, metrics, startTrace, withTrace, type Clock, type IdSource, type Logger } from '@earmark/service-kit';
import type { ApiKey } from '../../domain/api-key.js';
import type { AdmitCall, Admission, CallKind } from '../../use-cases/admit-call.js';
import type { Authenticate } from '../../use-cases/authenticate.js';
import type { RecordAudit } from '../../use-cases/record-audit.js';
import type { RecordKeyUse } from '../../use-cases/record-key-use.js';
import { sendProblem, setCommonHeaders, setRateHeaders } from './answers.js';
import { sendOptions, setCorsHeaders } from './cors.js';
import { discardRest } from './discard-rest.js';
import type { Answerer } from './exchange.js';
import { ClientGone } from './request-body.js';
import { idempotencyKeyIn, ifMatchIn, keyTextIn, requestIdIn } from './request-headers.js';
import type { Match, RouteTable } from './route-table.js';
import type { sitePages } from './site.js';

export interface PublicApiPorts {
  readonly table: RouteTable;
  readonly pages: ReturnType<typeof sitePages>;
  readonly authenticate: Authenticate;
  readonly admitCall: AdmitCall;
  readonly recordAudit: RecordAudit;
  readonly recordKeyUse: RecordKeyUse;
  readonly answer: Answerer;
  readonly allowedOrigins: readonly string[];
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
}

type Found = Extract<Match, { kind: 'route' }>;

const MAX_AUDIT_PATH = 1_000;

const durations = metrics.histogram({
  name: 'earmark_http_request_seconds',
  help: 'Time to answer a public request',
  labels: ['route', 'status'],
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
});

/** The public API: finds the route, knows the caller, guards scope and limits, has the route answered, and turns failures into problems. */
export class PublicApi {
  constructor(private readonly ports: PublicApiPorts) {}

  /** Answers one request; `next` takes the paths of the health controller. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    const [path = '', queryText = ''] = split(request.url ?? '/');
    if (path.startsWith('/health/') || path === '/metrics') return next();
    const requestId = requestIdIn(request.headers) ?? this.ports.ids.next();
    setCommonHeaders(response, requestId);
    setCorsHeaders(request, response, this.ports.allowedOrigins);
    const trace = startTrace(single(request.headers['traceparent']), requestId);
    try {
      await withTrace(trace, () => this.#answer({ request, response, path, queryText, requestId }));
    } catch (error) {
      this.#fail(error, request, response, requestId);
    }
    discardRest(request);
  }

  async #answer(incoming: Incoming): Promise<void> {
    const { request, response, path } = incoming;
    const method = request.method ?? 'GET';
    const page = this.ports.pages.get(path);
    if (page !== undefined && (method === 'GET' || method === 'HEAD')) return page(request, response);
    const match: Match =
      page === undefined ? this.#find(method, path) : { kind: 'other-method', allow: ['GET', 'HEAD', 'OPTIONS'] };
    switch (match.kind) {
      case 'nowhere':
        throw new Problem('not_found', 'There is nothing at this address.');
      case 'other-method':
        if (method === 'OPTIONS') return sendOptions(response, match.allow);
        response.setHeader('Allow', match.allow.join(', '));
        throw new Problem('method_not_allowed', `This address does not answer ${method}, only ${match.allow.join(', ')}.`);
      case 'route':
        return this.#timed(incoming, match);
    }
  }

  #find(method: string, path: string): Match {
    const isPublic = path.startsWith(`${publicPrefix}/`);
    return isPublic ? this.ports.table.match(method, path.slice(publicPrefix.length)) : { kind: 'nowhere' };
  }

  async #timed(incoming: Incoming, found: Found): Promise<void> {
    const end = durations.startTimer({ route: found.route.name });
    try {
      await this.#authorised(incoming, found);
      end({ status: String(incoming.response.statusCode) });
    } catch (error) {
      end({ status: String(asProblem(error)?.kind.status ?? 500) });
      throw error;
    }
  }

  async #authorised(incoming: Incoming, found: Found): Promise<void> {
    const { request, response, queryText, requestId } = incoming;
    const { route } = found;
    const keyText = keyTextIn(request.headers);
    const checkCaller = (): Promise<ApiKey> => this.ports.authenticate.execute(keyText);
    const caller = this.#refusedCaller(keyText, route) ?? (await checkCaller());
    try {
      if (!allows(caller.scopes, route.scope))
        throw new Problem('missing_scope', `The API key lacks the scope "${route.scope}", which this call needs.`);
      const leave = await this.#admit(caller, incoming, route);
      try {
        const context = contextOf(caller, requestId, request, found);
        await this.ports.answer({ ...found, request, response, queryText, context, checkCaller });
      } finally {
        leave();
      }
      this.#audit(incoming, found, caller, response.statusCode);
    } catch (error) {
      this.#audit(incoming, found, caller, asProblem(error)?.kind.status ?? 500);
      throw error;
    }
  }

  /** A caller whom we remember and would refuse: whether the key is still good does not matter then, and no query is spent on it. */
  #refusedCaller(keyText: string | null, route: RouteContract): ApiKey | null {
    const seen = this.ports.authenticate.lastSeen(keyText);
    return seen !== null && this.ports.admitCall.refuseEarly(seen, kindOf(route)) !== null ? seen : null;
  }

  async #admit(caller: ApiKey, { response }: Incoming, route: RouteContract): Promise<() => void> {
    this.ports.recordKeyUse.record(caller.id);
    const { figures, refusal, leave }: Admission = await this.ports.admitCall.execute(caller, kindOf(route));
    if (figures !== null) setRateHeaders(response, figures);
    if (refusal !== null) throw refusal;
    if (!response.destroyed) return leave;
    leave();
    throw new ClientGone();
  }

  #audit({ path, requestId }: Incoming, { route }: Found, caller: ApiKey, status: number): void {
    if (route.method === 'GET') return;
    const { clock, ids, recordAudit } = this.ports;
    recordAudit.record({
      id: ids.next(),
      tenantId: caller.tenantId,
      keyId: caller.id,
      route: route.name,
      method: route.method,
      path: path.slice(0, MAX_AUDIT_PATH),
      status,
      requestId,
      at: clock.now(),
      occurrences: 1,
    });
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse, requestId: string): void {
    const { logger } = this.ports;
    const where = { method: request.method, path: split(request.url ?? '')[0], request_id: requestId };
    if (error instanceof ClientGone || response.destroyed) return void response.destroy();
    const problem =
      asProblem(error) ?? new Problem('internal', 'Something went wrong on our side; the request id helps us find out what.');
    if (problem.code === 'internal') logger.error({ ...where, error }, 'a request failed by a bug');
    else if (problem.kind.status >= 500) logger.warn({ ...where, error }, 'a request could not be answered');
    // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
    if (response.headersSent) return void response.destroy();
    sendProblem(response, problem, requestId);
  }
}

interface Incoming {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly queryText: string;
  readonly requestId: string;
}

function kindOf({ answerKind, bodyKind }: RouteContract): CallKind {
  if (answerKind === 'events') return 'stream';
  return bodyKind === 'multipart' ? 'upload' : 'call';
}

function contextOf(caller: ApiKey, requestId: string, { headers }: IncomingMessage, { route }: Found): CallContext {
  return {
    tenantId: caller.tenantId,
    keyId: caller.id,
    scopes: [...caller.scopes],
    requestId,
    idempotencyKey: idempotencyKeyIn(headers, route),
    requestHash: null,
    ifMatch: ifMatchIn(headers),
  };
}

function split(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
