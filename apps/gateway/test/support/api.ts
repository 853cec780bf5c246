// A client as plain as a user's: fetch with a key.
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly json?: unknown;
  readonly raw?: NonNullable<RequestInit['body']>;
  readonly headers?: Record<string, string>;
}

export type Api = (method: string, path: string, call?: Call) => Promise<Answer>;

/** Calls of one key; paths begin after `/api/v1`. */
export function apiOf(url: string, key: string | null): Api {
  return async (method, path, { json, raw, headers = {} } = {}) => {
    const body = json === undefined ? raw : JSON.stringify(json);
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(key === null ? {} : { 'X-API-Key': key }),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as Record<string, unknown>) : { text },
    };
  };
}

/** What a test says of an error: its status and code. */
export const problem = ({ status, body }: Answer): string => `${status} ${String(body['code'])}`;
