import { createRoute } from '@hono/zod-openapi';
import { objectPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askObject } from '../../object-access.ts';
import { operation, otherForm, textResponse } from '../../operation.ts';
import { signFile } from './file-signature.ts';

const route = createRoute({
  method: 'get',
  path: '/api/objects/{kind}/{objectId}/export',
  tags: ['objects'],
  summary: 'Export an object to a file',
  description:
    'JSON lines: every row of its tables at one moment, a checksum, and the platform’s own signature. A workspace is not ' +
    'exported, since it holds keys.',
  ...secured('object.copy'),
  request: { params: objectPath },
  responses: { 200: textResponse('The file.', 'application/x-ndjson'), ...problemResponses },
});

export const exportObject = operation(route, async (context) => {
  const { kind, objectId } = context.req.valid('param');
  const result = await askObject(context, { kind, objectId }, (object) => object.exportObject());
  if (!result.ok) return problem(context, result.error);
  const answer = context.body(await signFile(context, result.value.lines), 200, {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': `attachment; filename="${kind}-${objectId}.jsonl"`,
    'cache-control': 'no-store',
  });
  return otherForm(answer);
});
