import { allRoutes } from '../catalogue.js';
import type { Context } from '../kernel/names.js';
import { apiVersion, camelName, type JsonObject } from './document.js';
import { namedSchemas } from './json-schema.js';
import { operationOf, problemExamples, problemSchema, responseHeaders, sharedResponses } from './openapi-operation.js';

/** Every public path begins with this. */
export const publicPrefix = '/api/v1';

const tagOf: Record<Context, { name: string; description: string }> = {
  gateway: { name: 'API keys', description: 'Keys of the caller’s organisation.' },
  catalog: { name: 'Datasets and annotations', description: 'Datasets, artifact types, annotation sets, annotations.' },
  ingest: { name: 'Audio', description: 'Uploads and audio files of a dataset.' },
  trainer: { name: 'Training', description: 'Training jobs and their progress.' },
  'model-registry': { name: 'Models', description: 'Trained detectors, their metrics and files.' },
  inference: { name: 'Detection', description: 'Inference jobs, their files and detections.' },
};

const description = `Train detectors for artifacts in speech audio from your own labels, and find them in new audio.

Times are integer milliseconds (\`*_ms\`) from the beginning of the audio; instants are ISO 8601 in UTC. Nullable fields are always
present. Unknown fields of a request are ignored. Errors are \`application/problem+json\` (RFC 9457); \`detail\` is a sentence for people,
\`code\` is for programs. Another organisation's resources are answered as if they did not exist. An \`Idempotency-Key\` on a POST makes it
safe to send again for 24 hours.

Detections are made in this order: scores, threshold (≥), merge of same-type gaps up to \`merge_window_ms\`, removal of supports shorter
than \`min_duration_ms\`, refinement of the boundaries. The confidence of a merged detection is the maximum. Different types may overlap.`;

/** The operation's id in the document and the method's name in the SDKs: `catalog.create-dataset` is `createDataset`. */
export function operationIdOf(route: { readonly name: string }): string {
  return camelName(route.name);
}

/** The OpenAPI 3.1 document of the public API, from the contracts; `serverUrl` is where the gateway is (`/` for "here"). */
export function openApiDocument({ serverUrl }: { serverUrl: string }): JsonObject {
  return {
    openapi: '3.1.0',
    info: { title: 'Earmark API', version: apiVersion, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: serverUrl }],
    tags: Object.values(tagOf),
    security: [{ apiKey: [] }, { bearer: [] }],
    paths: paths(),
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key of your organisation.' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The same API key as a bearer token.' },
      },
      headers: responseHeaders,
      responses: sharedResponses(allRoutes),
      examples: problemExamples(),
      schemas: { ...namedSchemas(), Problem: problemSchema },
    },
  };
}

function paths(): JsonObject {
  const byPath: Record<string, Record<string, JsonObject>> = {};
  for (const route of allRoutes) {
    const path = `${publicPrefix}${route.path}`;
    const item = (byPath[path] ??= {});
    item[route.method.toLowerCase()] = {
      operationId: operationIdOf(route),
      tags: [tagOf[route.context].name],
      ...operationOf(route),
    };
  }
  return byPath;
}
