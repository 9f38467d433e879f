/** The OpenAPI half of the offline engineer: reads a document and derives the application that serves it. */

export { createApiBlueprint } from './blueprint.ts';
export type { ApiModel } from './model.ts';
export { looksLikeOpenApi, readOpenApiSpec } from './read/document.ts';
