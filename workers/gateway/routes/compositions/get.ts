import { createRoute } from '@hono/zod-openapi';
import {
  compositionPath,
  compositionSchema,
  storedManifestSchema,
  topologyQuery,
  topologySchema,
} from '../../../../shared/schemas/compositions.ts';
import { toMermaid } from '../../../../shared/domain/composer/topology.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, jsonResponseOr, operation, otherForm } from '../../operation.ts';
import { askComposer } from './composer.ts';

const route = createRoute({
  method: 'get',
  path: '/api/compositions/{composition}',
  tags: ['compositions'],
  summary: 'Read a composition: its status, the health of every member, and what is being done',
  ...secured('composition.read'),
  request: { params: compositionPath },
  responses: { 200: jsonResponse('The composition.', compositionSchema), ...problemResponses },
});

export const getComposition = operation(route, async (context) => {
  const { composition: name } = context.req.valid('param');
  const composition = await askComposer(context, (composer) => composer.get({ name }));
  const { services, principal } = context.var;
  // Whoever follows a change wants to be sent where it leads.
  services.serviceLookup.expire(principal.workspaceId, name);
  return composition.ok ? context.json(composition.value, 200) : problem(context, composition.error);
});

const manifestRoute = createRoute({
  method: 'get',
  path: '/api/compositions/{composition}/manifest',
  tags: ['compositions'],
  summary: 'Read the manifest that is up, as it was given',
  ...secured('composition.read'),
  request: { params: compositionPath },
  responses: { 200: jsonResponse('The manifest.', storedManifestSchema), ...problemResponses },
});

export const getCompositionManifest = operation(manifestRoute, async (context) => {
  const { composition: name } = context.req.valid('param');
  const manifest = await askComposer(context, (composer) => composer.manifest({ name }));
  return manifest.ok ? context.json(manifest.value, 200) : problem(context, manifest.error);
});

const topologyRoute = createRoute({
  method: 'get',
  path: '/api/compositions/{composition}/topology',
  tags: ['compositions'],
  summary: 'The picture of a composition: members, who calls whom, and what leads where',
  ...secured('composition.read'),
  request: { params: compositionPath, query: topologyQuery },
  responses: { 200: jsonResponseOr('The picture.', topologySchema, ['text/vnd.mermaid']), ...problemResponses },
});

export const getCompositionTopology = operation(topologyRoute, async (context) => {
  const { composition: name } = context.req.valid('param');
  const topology = await askComposer(context, (composer) => composer.topology({ name }));
  if (!topology.ok) return problem(context, topology.error);
  if (context.req.valid('query').format === 'json') return context.json(topology.value, 200);
  const headers = { 'content-type': 'text/vnd.mermaid; charset=utf-8' };
  return otherForm(new Response(toMermaid(topology.value), { headers }));
});
