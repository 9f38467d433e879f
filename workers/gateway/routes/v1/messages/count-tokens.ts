/** `POST /v1/messages/count_tokens`: counted by Anthropic for its own models, estimated for all others. */
import { anthropicTokenCount } from '../../../../../shared/adapters/models/pass-through-anthropic.ts';
import { resolveAlias } from '../../../../../shared/domain/model/aliases.ts';
import { isAutoName } from '../../../../../shared/domain/model/auto-name.ts';
import { estimateTokens } from '../../../../../shared/domain/model/request-size.ts';
import { err, type Result } from '../../../../../shared/errors/result.ts';
import { toModelRequest, type TranslatedMessage } from '../../../../../shared/protocol/anthropic/model-request.ts';
import { refusalOf } from '../../../../../shared/protocol/anthropic/validation.ts';
import { anyCapabilities, type Capabilities } from '../../../../../shared/protocol/openai/capabilities.ts';
import type { OpenAiRefusal } from '../../../../../shared/protocol/openai/error.ts';
import { countRequestSchema } from '../../../../../shared/schemas/anthropic-messages.ts';
import type { AppContext } from '../../../app-environment.ts';
import { refuse } from '../../../errors/anthropic-error.ts';
import { findModel } from '../find-model.ts';
import { passedAnswer } from '../passed-answer.ts';
import { extrasOf, readRequest, toPassed } from './request.ts';

const translate = (body: unknown, able: Capabilities, model: string): Result<TranslatedMessage, OpenAiRefusal> => {
  const parsed = countRequestSchema.safeParse(body);
  if (!parsed.success) return err(refusalOf(parsed.error));
  return toModelRequest({ ...parsed.data, max_tokens: 1 }, able, { model, idempotencyKey: '' });
};

const estimate = (context: AppContext, body: unknown, able: Capabilities, model: string): Response => {
  const translated = translate(body, able, model);
  if (!translated.ok) return refuse(context, translated.error);
  return context.json({ input_tokens: estimateTokens(translated.value.request) }, 200, {
    'x-aidevos-estimated': 'true',
  });
};

/**
 * The route's handler. Counting costs nothing, so no budget is asked and nothing is settled; whoever stands behind a
 * model does not count, and for `auto` none is chosen.
 */
export const countTokens = async (context: AppContext): Promise<Response> => {
  const read = await readRequest(context);
  if (read instanceof Response) return read;
  const { name, body, requestBytes, model } = read;
  if (isAutoName(resolveAlias(name, context.get('chatModels').aliases))) {
    return estimate(context, body, anyCapabilities, name);
  }
  const found = await findModel(context, {
    name,
    fallbacks: [],
    passes: 'anthropic',
    requestBytes,
    isStreamed: false,
    translate: (able, asked) => translate(body, able, asked),
  });
  if (!found.ok) return refuse(context, found.error);
  const counted = found.value.model;
  if (counted.type === 'passed') {
    const wire = anthropicTokenCount(extrasOf(context));
    const request = { ...toPassed(context, read, counted), stream: false };
    const call = { settle: () => undefined, began: () => undefined };
    return await passedAnswer(context, { account: counted.account, request, model, wire, call });
  }
  return estimate(context, body, counted.capabilities, counted.model);
};
