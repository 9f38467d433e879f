/**
 * Workers AI behind our port, by the binding `AI` (https://developers.cloudflare.com/workers-ai/configuration/bindings/).
 * The raw response is asked for, so that the status of a refusal is seen and the bytes pass the same clocks and limits
 * as those of every other provider.
 */
import type { ModelClient, ModelRequest } from '../../ports/model-client.ts';
import { defaultCallLimits, type CallLimits, type CallWatch } from './call-watch.ts';
import { OpenAiReader } from './openai-reader.ts';
import { toParameters } from './openai.ts';
import { runCall, type StreamReader } from './run-call.ts';
import { readServerSentEvents } from './server-sent-events.ts';
import { WorkersAiPieces } from './workers-ai-piece.ts';

/** What is used of the binding; structural, so that tests can bring their own. */
export interface AiBinding {
  run(
    model: string,
    inputs: object,
    options: { readonly returnRawResponse: true; readonly signal: AbortSignal },
  ): Promise<Response>;
}

/** Whether a binding is Workers AI. */
export const isAiBinding = (value: unknown): value is AiBinding =>
  typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'function';

/** Codes of https://developers.cloudflare.com/workers-ai/platform/errors/ that say more than the status. */
const codeNames: Readonly<Record<number, string>> = {
  3036: 'insufficient_quota',
  3040: 'overloaded_error',
  3042: 'model_not_found',
  5007: 'model_not_found',
  5021: 'context_length_exceeded',
  3007: 'timeout_error',
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** What a refusal of the binding says. */
export const readWorkersAiRefusal = (body: string): { readonly message: string; readonly code: string | undefined } => {
  const parsed = parse(body);
  const code = fieldOf(parsed, 'internalCode');
  const text = fieldOf(parsed, 'description') ?? fieldOf(parsed, 'message');
  return {
    message: typeof text === 'string' ? text : '',
    code: typeof code === 'number' ? codeNames[code] : undefined,
  };
};

/** A refusal in the shape in which the SDKs of the other providers throw theirs. */
class WorkersAiRefusal extends Error {
  readonly status: number;
  readonly headers: Headers;
  readonly error: { readonly message: string; readonly code: string | undefined };

  constructor(response: Response, body: string) {
    const refusal = readWorkersAiRefusal(body);
    super(refusal.message);
    this.status = response.status;
    this.headers = response.headers;
    this.error = refusal;
  }
}

const inputsOf = (request: ModelRequest): object => {
  const { model: _model, stream_options: _options, ...inputs } = toParameters(request, { tokenLimit: 'max_tokens' });
  return inputs;
};

/** A model that does not stream answers with one piece that is whole. */
async function* readPieces(response: Response): AsyncGenerator {
  if (response.body === null) return;
  const pieces = new WorkersAiPieces();
  if ((response.headers.get('content-type') ?? '').includes('text/event-stream')) {
    for await (const data of readServerSentEvents(response.body)) {
      if (data === '[DONE]') {
        yield* pieces.done();
        return;
      }
      yield pieces.read(JSON.parse(data));
    }
    return;
  }
  yield pieces.read(JSON.parse(await response.text()));
  yield* pieces.done();
}

const open = async (binding: AiBinding, request: ModelRequest, watch: CallWatch): Promise<AsyncIterable<unknown>> => {
  const options = { returnRawResponse: true, signal: watch.signal } as const;
  const response = watch.watched(await binding.run(request.model, inputsOf(request), options));
  if (!response.ok) throw new WorkersAiRefusal(response, await response.text());
  return readPieces(response);
};

/** A client for the models of the binding. */
export const createWorkersAiClient = (binding: AiBinding, limits: CallLimits = defaultCallLimits): ModelClient => ({
  stream: (request, signal) =>
    runCall(limits, signal, () => {
      const reader: StreamReader = new OpenAiReader();
      return { reader, acceptsWhole: true, open: (watch) => open(binding, request, watch) };
    }),
});
