/** A model's client whose call is settled by what passes: with the provider's usage, or by what had come until then. */
import { utf8Length } from '../../../shared/domain/model/estimate.ts';
import { AnswerEar } from '../../../shared/domain/model/quality/answer-ear.ts';
import type { ModelClient, ModelEvent, ModelUsage } from '../../../shared/ports/model-client.ts';
import type { AppContext } from '../app-environment.ts';
import { answerCall, type PlannedCall } from './answer-call.ts';
import type { Call } from './call.ts';

/** English text and code have about four bytes a token. */
const bytesPerToken = 4;

const sizeOf = (event: ModelEvent): number => {
  switch (event.type) {
    case 'text_delta':
    case 'reasoning_delta':
      return utf8Length(event.text);
    case 'tool_call_started':
      return utf8Length(event.name);
    case 'tool_call_delta':
      return utf8Length(event.argumentsText);
    default:
      return 0;
  }
};

/** For one stream, which is the whole call: it is settled when the stream ends, or is left. */
export const metered = (client: ModelClient, call: Call): ModelClient => ({
  stream: async function* (request, signal) {
    let usage: ModelUsage | undefined;
    let bytes = 0;
    const end = () => ({ usage, outputTokens: Math.ceil(bytes / bytesPerToken) });
    const asked = { format: request.options?.format, tools: request.tools };
    const ear = new AnswerEar(asked);
    try {
      for await (const event of client.stream(request, signal)) {
        bytes += sizeOf(event);
        ear.hear(event);
        if (event.type !== 'failed') call.began();
        if (event.type === 'usage') ({ usage } = event);
        if (event.type === 'finished') {
          const { servedBy, stopReason } = event;
          const isJudged = asked.format !== undefined || asked.tools.length > 0;
          const heard = { stopReason, ...(isJudged ? { read: () => ({ asked, ...ear.facts }) } : {}) };
          call.settle({ status: 'answered', ...end(), heard, ...(servedBy === undefined ? {} : { servedBy }) });
        }
        if (event.type === 'failed') {
          const { failure } = event;
          call.settle({ status: failure.kind === 'cancelled' ? 'cancelled' : 'failed', failure, ...end() });
        }
        yield event;
      }
    } finally {
      call.settle({ status: 'cancelled', ...end() });
    }
  },
});

/** Answers with a model behind our own port. One whose calls are counted where they are made is asked as it is. */
export const answerMetered = async (
  context: AppContext,
  plan: PlannedCall,
  model: { readonly client: ModelClient; readonly isCounted?: true; readonly role?: string },
  answer: (client: ModelClient) => Promise<Response>,
): Promise<Response> =>
  model.isCounted === true
    ? await answer(model.client)
    : await answerCall(context, { ...plan, role: model.role }, (call) => answer(metered(model.client, call)));
