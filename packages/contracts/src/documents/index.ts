export { asyncApiDocument } from './asyncapi.js';
export { openApiDocument, operationIdOf, publicPrefix } from './openapi.js';
export { problemCodesOf } from './route-problems.js';
