import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '@earmark/testkit';

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Ticket {
  upload_url: string;
  fields: Record<string, string>;
}

/** The public API as a client without our code sees it. */
export class Api {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  /** A client of the platform that jest's global set-up started. */
  static shared(): Api {
    const home = process.env.EARMARK_JOURNEY_HOME;
    if (home === undefined) throw new Error('journeys run with the shared platform: npm test -w tests/journeys');
    return Api.of(home);
  }

  static of(home: string): Api {
    const ready = JSON.parse(readFileSync(path.join(home, 'ready.json'), 'utf8')) as { gateway_url: string; api_key: string };
    return new Api(ready.gateway_url, ready.api_key);
  }

  withKey(key: string): Api {
    return new Api(this.baseUrl, key);
  }

  /** One request, whatever it answers. */
  async send<Body = unknown>(
    method: string,
    route: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const response = await fetch(`${this.baseUrl}/api/v1${route}`, {
      method,
      headers: { 'X-API-Key': this.key, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? null : parse(text)) as Body };
  }

  /** A request that must succeed. While a dependency is down (503) it is asked again, as a careful client does. */
  async ask<Body>(method: string, route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Body> {
    return eventually(
      async () => {
        const answer = await this.send<Body>(method, route, body, headers);
        if (answer.status === 503) throw new Error(`503 from ${method} ${route}`);
        return answer;
      },
      { timeoutMs: 60_000, everyMs: 250 },
    ).then((answer) => {
      if (answer.status >= 300) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    });
  }

  get<Body>(route: string): Promise<Body> {
    return this.ask<Body>('GET', route);
  }

  post<Body>(route: string, body?: unknown, idempotencyKey?: string): Promise<Body> {
    return this.ask<Body>('POST', route, body, idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey });
  }

  /** The bytes of a stored file. */
  async download(route: string): Promise<Uint8Array> {
    const response = await fetch(`${this.baseUrl}/api/v1${route}`, { headers: { 'X-API-Key': this.key } });
    if (!response.ok) throw new Error(`GET ${route}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Posts a form to the API; answers the status. */
  async sendForm(route: string, form: FormData): Promise<number> {
    const response = await fetch(`${this.baseUrl}/api/v1${route}`, {
      method: 'POST',
      headers: { 'X-API-Key': this.key },
      body: form,
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** Sends bytes to storage with a presigned POST form. */
  async store(url: string, fields: Record<string, string>, name: string, bytes: Uint8Array): Promise<number> {
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob([new Uint8Array(bytes)]), name);
    return (await fetch(url, { method: 'POST', body: form })).status;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
