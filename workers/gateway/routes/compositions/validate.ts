import { createRoute } from '@hono/zod-openapi';
import { readManifest } from '../../../../shared/domain/composer/read-manifest.ts';
import { checkedManifestSchema, manifestBody } from '../../../../shared/schemas/compositions.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { jsonResponse, operation } from '../../operation.ts';

const route = createRoute({
  method: 'post',
  path: '/api/compositions/validate',
  tags: ['compositions'],
  summary: 'Check a manifest by itself, and change nothing',
  description: 'Every fault is told with its field. Whether its registered members can be found is asked by the plan.',
  ...secured('composition.read'),
  request: { body: { required: true, content: { 'application/json': { schema: manifestBody } } } },
  responses: { 200: jsonResponse('What the manifest says.', checkedManifestSchema), ...problemResponses },
});

export const validateComposition = operation(route, (context) => {
  const manifest = readManifest(context.req.valid('json').manifest);
  if (!manifest.ok) return problem(context, manifest.error);
  const { name, version, members, routes } = manifest.value;
  const parts = members.map((member) => ({ member: member.name, kind: member.kind }));
  return context.json({ name, version, members: parts, routes }, 200);
});
