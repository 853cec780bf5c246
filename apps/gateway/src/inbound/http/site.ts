import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { asyncApiDocument, openApiDocument } from '@earmark/contracts/documents';

const require = createRequire(import.meta.url);
const swaggerFolder = path.dirname(require.resolve('swagger-ui-dist/package.json'));

const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Earmark API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const startScript = `window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, validatorUrl: null });\n`;

/** Swagger UI sets styles on elements and draws its icons from data URLs; nothing comes from elsewhere. */
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'";

type Send = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What the gateway shows beside the API: a greeting, both documents and the reference. Everything is served from this machine. */
export function sitePages(): ReadonlyMap<string, Send> {
  const text = (type: string, content: string): Send => {
    const bytes = Buffer.from(content);
    return async (_request, response) => {
      response.setHeader('Content-Security-Policy', PAGE_POLICY);
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': 'no-cache' }).end(bytes);
    };
  };
  const json = (value: unknown): Send => text('application/json; charset=utf-8', JSON.stringify(value));
  return new Map<string, Send>([
    ['/', json({ name: 'Earmark', api: '/api/v1', docs: '/docs', openapi: '/openapi.json', asyncapi: '/asyncapi.json' })],
    ['/openapi.json', json(openApiDocument({ serverUrl: '/' }))],
    ['/asyncapi.json', json(asyncApiDocument())],
    ['/docs', text('text/html; charset=utf-8', page)],
    ['/docs/', text('text/html; charset=utf-8', page)],
    ['/docs/start.js', text('text/javascript; charset=utf-8', startScript)],
    ...Object.entries(assets).map(([name, type]): [string, Send] => [`/docs/${name}`, asset(name, type)]),
  ]);
}

function asset(name: string, type: string): Send {
  return async (request, response) => {
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=86400' });
    if (request.method === 'HEAD') response.end();
    else await pipeline(createReadStream(path.join(swaggerFolder, name)), response);
  };
}
