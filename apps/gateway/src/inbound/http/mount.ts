import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { PublicApi } from './public-api.js';
import { limitServer } from './server-limits.js';

/** Puts the public API before everything else on the service's HTTP server. */
export function mountPublicApi(app: NestExpressApplication, api: PublicApi): void {
  app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => void api.handle(request, response, next));
  limitServer(app.getHttpServer());
}
