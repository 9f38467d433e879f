/** The OpenAPI 3.1 document of declared routes. */
import type { JsonObject } from '../../../rpc/services/service-object.ts';
import type { ApiConfiguration, ApiRoute } from '../../../schemas/services/api.ts';

const problem = {
  description: 'Refused, with the reason (RFC 9457)',
  content: { 'application/problem+json': { schema: { type: 'object' } } },
};

const fieldsOf = (schema: JsonObject | undefined): readonly (readonly [string, unknown])[] => {
  const properties = schema?.['properties'];
  return typeof properties === 'object' && properties !== null ? Object.entries(properties) : [];
};

const parametersOf = (route: ApiRoute): readonly JsonObject[] => {
  const declared = new Map(fieldsOf(route.parameters));
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const required = route.query?.['required'];
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name);
  return [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: declared.get(name) ?? { type: 'string' } })),
    ...fieldsOf(route.query).map(([name, schema]) => ({ name, in: 'query', required: isRequired(name), schema })),
  ];
};

const securityOf = ({ access }: ApiRoute): readonly JsonObject[] => {
  const session = { session: [] };
  const key = { key: [] };
  return { public: [], session: [session], key: [key], any: [session, key] }[access];
};

const operationOf = (route: ApiRoute): JsonObject => ({
  operationId: route.operationId,
  ...(route.summary === '' ? {} : { summary: route.summary }),
  security: securityOf(route),
  parameters: parametersOf(route),
  ...(route.body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
  responses: {
    [route.method === 'POST' && route.action?.do === 'data.insert' ? '201' : '200']: {
      description: 'Done',
      content: { 'application/json': { schema: {} } },
    },
    default: problem,
  },
});

export const openApiDocument = ({ title, version, routes }: ApiConfiguration, server: string): JsonObject => {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: { title, version },
    servers: [{ url: server === '' ? '/' : server }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', description: 'The token of a session, or its cookie' },
        key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  };
};
