export { asyncApiDocument } from './asyncapi.js';
export { openApiDocument, operationIdOf, publicPrefix } from './openapi.js';
export { problemTypeOf } from './openapi-operation.js';
export { problemCodesOf } from './route-problems.js';
