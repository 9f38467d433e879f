/** `POST /v1/responses/compact`: a conversation made short, to go on with. Nothing of it is stored. */
import { resolveAlias } from '../../../../../shared/domain/model/aliases.ts';
import { parseTeamModelName } from '../../../../../shared/domain/team-chat/model-names.ts';
import { unsupported } from '../../../../../shared/protocol/openai/error.ts';
import { collectAnswer, type CollectedAnswer } from '../../../../../shared/domain/model/collect.ts';
import { createFailure } from '../../../../../shared/domain/model/failure.ts';
import { utf8Length } from '../../../../../shared/domain/model/estimate.ts';
import { err, ok, type Result } from '../../../../../shared/errors/result.ts';
import type { ModelFailure } from '../../../../../shared/ports/model-client.ts';
import { toResponseUsage } from '../../../../../shared/protocol/responses/answer.ts';
import type { PlacedItem } from '../../../../../shared/protocol/responses/input.ts';
import { itemId } from '../../../../../shared/protocol/responses/item-ids.ts';
import {
  compactionInstructions,
  compactionPrompt,
  keptMessages,
} from '../../../../../shared/protocol/responses/compaction.ts';
import { toStoredInput, withoutReferences } from '../../../../../shared/protocol/responses/stored-input.ts';
import { encodeSummary } from '../../../../../shared/protocol/responses/summary.ts';
import { compactRequestSchema } from '../../../../../shared/schemas/responses.ts';
import type { AppContext } from '../../../app-environment.ts';
import { openAiError } from '../../../errors/openai-error.ts';
import { answerMetered } from '../../../model-calls/metered.ts';
import { noteRoute } from '../find-model.ts';
import { readJsonBody, refusalOf } from '../request-body.ts';
import { refuseFailure } from './answer.ts';
import { readHistory } from './history.ts';
import { routeResponse } from './route.ts';

type Summarised = Extract<CollectedAnswer, { ok: true }>;

/** A summary that is none would lose the conversation without a word. */
const summaryOf = (answer: CollectedAnswer): Result<Summarised, ModelFailure> => {
  if (!answer.ok) return err(answer.failure);
  if (answer.stopReason === 'end' && answer.text.trim() !== '') return ok(answer);
  const reason = answer.stopReason === 'length' ? 'stopped at its limit of tokens' : 'did not write one';
  return err(createFailure('malformed_response', `There is no summary: the model ${reason}.`));
};

/** What stands for the conversation from now on. */
const compactedOutput = (responseId: string, items: readonly PlacedItem[], summary: string): readonly object[] => {
  const conversation = withoutReferences(items.map(({ item }) => item));
  const kept = toStoredInput(responseId, keptMessages(conversation));
  const id = itemId(responseId, 'compaction', { side: 'output', index: kept.length });
  return [...kept, { type: 'compaction', id, encrypted_content: encodeSummary(summary) }];
};

/** The route's handler. */
export const compactResponse = async (context: AppContext): Promise<Response> => {
  const read = readJsonBody(context);
  if (read instanceof Response) return read;
  const parsed = compactRequestSchema.safeParse(read.value);
  if (!parsed.success) return openAiError(context, refusalOf(parsed.error));
  const { model, models, instructions } = parsed.data;
  const name = parseTeamModelName(resolveAlias(model, context.get('chatModels').aliases));
  if (name?.type === 'team' || name?.type === 'project') {
    return openAiError(context, unsupported('model', 'The team keeps its conversation by itself; name a model.'));
  }
  const history = await readHistory(context, parsed.data);
  if (!history.ok) return openAiError(context, history.error);
  const { items } = history.value;
  const prompt = compactionPrompt(items, instructions);
  if (!prompt.ok) return openAiError(context, prompt.error);
  const message = { type: 'message' as const, role: 'user' as const, content: prompt.value };
  const asked = { model, models, instructions: compactionInstructions };
  const routed = await routeResponse(context, asked, [{ item: message, param: 'input' }], prompt.value);
  if (!routed.ok) return openAiError(context, routed.error);
  const { found, route, translated } = routed.value;
  const { request } = translated;
  const { services, principal } = context.var;
  const { responseId } = await services.responseIds.create(principal.workspaceId);
  const plan = {
    wire: 'responses' as const,
    model: found.name,
    standIns: route.standIns,
    streamed: false,
    requestBytes: utf8Length(JSON.stringify(request)),
    maxOutputTokens: request.maxOutputTokens,
    body: read,
    answerId: responseId,
  };
  return await answerMetered(context, plan, found, async (client) => {
    const summary = summaryOf(await collectAnswer(client, request, context.req.raw.signal));
    if (!summary.ok) return refuseFailure(context, model, summary.error);
    const { text, usage } = summary.value;
    const compacted = context.json({
      id: responseId,
      object: 'response.compaction',
      created_at: Math.floor(services.clock.now() / 1_000),
      output: compactedOutput(responseId, items, text),
      usage: toResponseUsage(usage),
    });
    noteRoute(context, compacted, route);
    return compacted;
  });
};
