import { createRoute } from '@hono/zod-openapi';
import { importReportSchema, kindPath } from '../../../../shared/schemas/managed-object.ts';
import { problem, problemResponses } from '../../errors/problem.ts';
import { secured } from '../../middleware/authorize.ts';
import { askNewObject } from '../../object-access.ts';
import { jsonResponse, operation } from '../../operation.ts';
import { readFileText, withoutSignature } from './file-signature.ts';

const route = createRoute({
  method: 'post',
  path: '/api/objects/{kind}/trial',
  tags: ['objects'],
  summary: 'Try the migrations of this version on an export',
  description:
    'Loads the file into an object of its own, applies the migrations its rows have not seen, reads the whole log, reports, ' +
    'and leaves nothing behind. A file of any platform will do, for example of the one that is to be upgraded.',
  ...secured('object.copy'),
  request: {
    params: kindPath,
    body: { required: true, content: { 'application/x-ndjson': { schema: { type: 'string' } } } },
  },
  responses: { 200: jsonResponse('What became of it.', importReportSchema), ...problemResponses },
});

export const tryMigrations = operation(route, async (context) => {
  const { kind } = context.req.valid('param');
  if (kind === 'workspace' || kind === 'service-registry' || kind === 'service') {
    return problem(context, {
      type: 'resource.conflict',
      detail: `A ${kind} is never exported, so there is nothing to try.`,
    });
  }
  const { services, principal } = context.var;
  const lines = withoutSignature(await readFileText(context));
  const command = { commandId: context.var.commandId, lines, trial: true };
  const result = await askNewObject(context, kind, () =>
    services.objects.trial(principal.workspaceId, kind, services.ids.create('trn')).importObject(command),
  );
  return result.ok ? context.json(result.value, 200) : problem(context, result.error);
});
