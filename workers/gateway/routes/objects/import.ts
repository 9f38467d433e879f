import { createRoute } from '@hono/zod-openapi';
import { importReportSchema, objectPath } from '../../../../shared/schemas/managed-object.ts';
import { notFound, problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askNewObject, objectToImport } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { notCopied } from '../../service-objects.ts';
import { readFileText, readSignedFile } from './file-signature.ts';

const route = createRoute({
  method: 'post',
  path: '/api/objects/{kind}/{objectId}/import',
  tags: ['objects'],
  summary: 'Make an object again from its export',
  description:
    'Only where nothing is any longer, under the id it was exported from, in the same workspace, from a file that this ' +
    'platform wrote and nobody changed.',
  ...secured('object.copy'),
  request: {
    params: objectPath,
    body: { required: true, content: { 'application/x-ndjson': { schema: { type: 'string' } } } },
  },
  responses: { 200: jsonResponse('What was read.', importReportSchema), ...problemResponses },
});

export const importObject = operation(route, async (context) => {
  const place = context.req.valid('param');
  if (place.kind === 'service') return problem(context, notCopied);
  const stub = objectToImport(context, place);
  if (stub === undefined) return problem(context, notFound(`${place.kind} that could be imported`));
  const file = await readSignedFile(context, await readFileText(context));
  if (!file.ok) return problem(context, file.error);
  const command = { commandId: context.var.commandId, lines: file.value, trial: false };
  const result = await askNewObject(context, place.kind, () => stub().importObject(command));
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
