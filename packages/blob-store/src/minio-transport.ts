import http from 'node:http';
import https from 'node:https';

/** Statuses for which the client throws without reading the answer; unread, the connection would never be free again. */
const UNREAD_STATUSES = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

/** What the vendor's client calls instead of `http.request`. */
export interface Transport {
  request(options: https.RequestOptions, onResponse?: (response: http.IncomingMessage) => void): http.ClientRequest;
}

/** Sends requests that give up after `idleTimeoutMs` without a sign of life from the server. */
export function timedTransport(secure: boolean, idleTimeoutMs: number): Transport {
  const send = secure ? https.request : http.request;
  return {
    request(options, onResponse) {
      let answer: http.IncomingMessage | undefined;
      const request = send(options, (response) => {
        answer = response;
        onResponse?.(response);
        if (UNREAD_STATUSES.has(response.statusCode ?? 0)) response.resume();
      });
      const onIdle = () => {
        // A slow reader of a download is not a slow server: bytes are waiting, so wait with them.
        if (answer && answer.readableLength > 0) request.setTimeout(idleTimeoutMs, onIdle);
        else request.destroy(Object.assign(new Error(`no answer for ${idleTimeoutMs} ms`), { code: 'ETIMEDOUT' }));
      };
      request.setTimeout(idleTimeoutMs, onIdle);
      return request;
    },
  };
}

/** Connections kept for the next request. */
export function keepAliveAgent(secure: boolean): http.Agent {
  const options = { keepAlive: true, maxSockets: 64, scheduling: 'lifo' as const };
  return secure ? new https.Agent(options) : new http.Agent(options);
}
