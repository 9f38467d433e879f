/** The OpenAPI 3.1 document of an application, as a file and as a module that the application serves. */
import { findField } from '../design.ts';
import type { Design, FiguresEndpoint, ListEndpoint, ResourceDesign } from '../design.ts';
import { printJson, printLiteral } from '../literal.ts';
import { camelCase, sentenceCase, withArticle } from '../names.ts';
import { docComment } from '../print.ts';
import { actionSchema, fieldSchema, problemSchema, resourceSchemas, schemaName } from './openapi-schemas.ts';
import type { JsonObject } from './openapi-schemas.ts';
import { behindGate, problemResponse, securitySchemes } from './openapi-services.ts';
import { serviceItems, serviceResponses, serviceSchemas } from './openapi-services.ts';
import type { PathItem } from './openapi-services.ts';
import { searchableFields, sortableFields } from './routes.ts';

const reference = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

const content = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

const problem = (name: string): JsonObject => ({ $ref: `#/components/responses/${name}` });

const refusals = { '400': problem('BadRequest'), '404': problem('NotFound') };

const changeRefusals = {
  '400': problem('BadRequest'),
  '409': problem('Conflict'),
  '413': problem('TooLarge'),
  '415': problem('UnsupportedMediaType'),
  '422': problem('Invalid'),
};

const shown = (resource: ResourceDesign, description: string): JsonObject => ({
  description,
  content: content(reference(schemaName(resource))),
});

const pathParameters = (path: string): readonly JsonObject[] =>
  [...path.matchAll(/:(?<name>\w+)/gu)].map((match) => ({
    name: match.groups?.['name'] ?? 'id',
    in: 'path',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  }));

const queryParameter = (name: string, schema: JsonObject, description: string): JsonObject => ({
  name,
  in: 'query',
  description,
  schema,
});

const listParameters = (design: Design, resource: ResourceDesign): readonly JsonObject[] => {
  const { defaultLimit, maxLimit } = design.model.pagination;
  const sortable = sortableFields(resource);
  const searchable = searchableFields(resource);
  const filters = resource.resource.filterable.flatMap((name) => {
    const field = findField(resource, name);
    if (!field) return [];
    const { readOnly: _readOnly, default: _default, description: _description, ...schema } = fieldSchema(field);
    const type = field.column === 'list' ? { type: 'string' } : schema;
    return [queryParameter(name, type, `Only those with this ${field.label.toLowerCase()}.`)];
  });
  return [
    queryParameter(
      'limit',
      { type: 'integer', minimum: 1, maximum: maxLimit, default: defaultLimit },
      'How many to answer.',
    ),
    queryParameter('offset', { type: 'integer', minimum: 0, default: 0 }, 'How many to skip.'),
    ...(searchable.length === 0
      ? []
      : [queryParameter('q', { type: 'string' }, `Text to look for in ${searchable.join(', ')}.`)]),
    queryParameter(
      'sort',
      { type: 'string', enum: sortable.flatMap((name) => [name, `-${name}`]) },
      'The field to sort by, with - in front for descending order.',
    ),
    ...filters,
  ];
};

const listOperation = (
  design: Design,
  resource: ResourceDesign,
  summary: string,
  id: string,
  path: string,
): JsonObject => ({
  operationId: id,
  summary,
  tags: [resource.plural],
  parameters: [...pathParameters(path), ...listParameters(design, resource)],
  responses: {
    '200': { description: 'A page.', content: content(reference(`${schemaName(resource)}Page`)) },
    ...(path.includes(':') ? refusals : { '400': problem('BadRequest') }),
  },
});

const collection = (design: Design, resource: ResourceDesign): JsonObject => {
  const { operations } = resource.resource;
  const name = schemaName(resource);
  return {
    ...(operations.includes('list')
      ? {
          get: listOperation(
            design,
            resource,
            `List ${resource.pluralWords}`,
            camelCase(`list-${resource.plural}`),
            '',
          ),
        }
      : {}),
    ...(operations.includes('create')
      ? {
          post: {
            operationId: camelCase(`create-${resource.name}`),
            summary: `Create ${withArticle(resource.words)}`,
            tags: [resource.plural],
            requestBody: { required: true, content: content(reference(`New${name}`)) },
            responses: {
              '201': {
                ...shown(resource, 'Created.'),
                headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
              },
              ...changeRefusals,
            },
          },
        }
      : {}),
  };
};

const changeOperation = (resource: ResourceDesign, verb: string, summary: string, schema: string): JsonObject => ({
  operationId: camelCase(`${verb}-${resource.name}`),
  summary,
  tags: [resource.plural],
  parameters: pathParameters('/:id'),
  requestBody: { required: true, content: content(reference(schema)) },
  responses: { '200': shown(resource, 'Changed.'), '404': problem('NotFound'), ...changeRefusals },
});

const single = (resource: ResourceDesign): JsonObject => {
  const { operations } = resource.resource;
  const name = schemaName(resource);
  const base = { tags: [resource.plural], parameters: pathParameters('/:id') };
  return {
    ...(operations.includes('read')
      ? {
          get: {
            operationId: camelCase(`read-${resource.name}`),
            summary: `Read ${withArticle(resource.words)}`,
            ...base,
            responses: { '200': shown(resource, 'Found.'), '404': problem('NotFound') },
          },
        }
      : {}),
    ...(operations.includes('update')
      ? {
          patch: changeOperation(resource, 'update', 'Change the fields that are sent', `${name}Change`),
          put: changeOperation(resource, 'replace', 'Replace all fields that can be sent', `New${name}`),
        }
      : {}),
    ...(operations.includes('delete')
      ? {
          delete: {
            operationId: camelCase(`delete-${resource.name}`),
            summary: `Delete ${withArticle(resource.words)}`,
            ...base,
            responses: { '204': { description: 'Deleted.' }, '404': problem('NotFound'), '409': problem('Conflict') },
          },
        }
      : {}),
  };
};

const actionItems = (resource: ResourceDesign): readonly PathItem[] =>
  resource.actions.map((action) => [
    action.path,
    {
      [action.method.toLowerCase()]: {
        operationId: camelCase(`${action.name}-${resource.name}`),
        summary: action.source.trim() || `${sentenceCase(action.name)} ${withArticle(resource.words)}`,
        tags: [resource.plural],
        parameters: pathParameters(action.path),
        requestBody: {
          required: action.body.some((entry) => entry.required),
          content: content(actionSchema(resource, action)),
        },
        responses: { '200': shown(resource, 'Done.'), '404': problem('NotFound'), ...changeRefusals },
      },
    },
  ]);

const listItem = (design: Design, resource: ResourceDesign, endpoint: ListEndpoint): PathItem => [
  endpoint.path,
  {
    get: listOperation(
      design,
      resource,
      endpoint.source.trim() || `List ${resource.pluralWords}`,
      camelCase(`list-${endpoint.name}-${resource.plural}`),
      endpoint.path,
    ),
  },
];

const figuresItem = (endpoint: FiguresEndpoint): PathItem => [
  endpoint.path,
  {
    get: {
      operationId: camelCase(`get-${endpoint.name}`),
      summary: endpoint.source.trim() || `Figures: ${endpoint.name}`,
      tags: ['figures'],
      ...(endpoint.parent ? { parameters: pathParameters(endpoint.path) } : {}),
      responses: {
        '200': {
          description: 'The figures.',
          content: content({
            type: 'object',
            properties: Object.fromEntries(
              endpoint.values.map((value) => [
                value.name,
                'countBy' in value ? { type: 'object', additionalProperties: { type: 'integer' } } : {},
              ]),
            ),
            required: endpoint.values.map(({ name }) => name),
          }),
        },
        ...(endpoint.parent ? { '404': problem('NotFound') } : {}),
      },
    },
  },
];

const toOpenApiPath = (path: string): string => path.replaceAll(/:(?<name>\w+)/gu, '{$<name>}');

const mergePaths = (items: readonly PathItem[]): JsonObject => {
  const paths: Record<string, JsonObject> = {};
  for (const [path, operations] of items) {
    const key = toOpenApiPath(path);
    if (Object.keys(operations).length > 0) paths[key] = { ...paths[key], ...operations };
  }
  return paths;
};

const healthItem: PathItem = [
  '/health',
  {
    get: {
      operationId: 'getHealth',
      summary: 'Whether the application is well',
      tags: ['system'],
      responses: { '200': { description: 'It is.' } },
    },
  },
];

/** Paths, and how whoever asks shows who they are. */
const guarded = (design: Design, paths: JsonObject): JsonObject =>
  design.model.access ? { security: [{ bearer: [] }, { session: [] }], paths: behindGate(paths) } : { paths };

/** The whole document, without `servers`. */
export const createOpenApi = (design: Design): JsonObject => ({
  openapi: '3.1.0',
  info: {
    title: design.model.title,
    version: '1.0.0',
    ...(design.model.description.trim() === '' ? {} : { description: design.model.description.trim() }),
  },
  ...guarded(
    design,
    mergePaths([
      ...design.resources.flatMap((resource): readonly PathItem[] => [
        [`/${resource.plural}`, collection(design, resource)],
        [`/${resource.plural}/:id`, single(resource)],
        ...actionItems(resource),
        ...resource.lists.map((endpoint) => listItem(design, resource, endpoint)),
      ]),
      ...design.figures.map(figuresItem),
      ...serviceItems(design),
      healthItem,
    ]),
  ),
  components: {
    ...(design.model.access ? { securitySchemes } : {}),
    schemas: {
      ...Object.assign({}, ...design.resources.map(resourceSchemas)),
      ...serviceSchemas(design),
      Problem: problemSchema,
    },
    responses: {
      BadRequest: problemResponse(
        'The request cannot be read: malformed JSON, or a query parameter that is not known.',
      ),
      NotFound: problemResponse('There is no such record.'),
      Conflict: problemResponse('The present state does not allow it.'),
      TooLarge: problemResponse('The body is larger than a megabyte.'),
      UnsupportedMediaType: problemResponse('The body is not called JSON.'),
      Invalid: problemResponse('The body was read, but its fields are not valid.'),
      ...serviceResponses(design),
    },
  },
});

/** `openapi.json`. */
export const printOpenApiFile = (document: JsonObject): string => printJson(document);

/** `src/openapi/document.ts`, which the application serves. */
export const printOpenApiModule = (document: JsonObject): string =>
  `${docComment('The description of the interface; `openapi.json` is the same as a file.')}export const openApiDocument = ${printLiteral(document)};\n`;
