/** One whole answer out of a model's stream. A stream that breaks is a failure, never a short answer. */
import type {
  CancelSignal,
  ModelClient,
  ModelEvent,
  ModelFailure,
  ModelRequest,
  ModelUsage,
  StopReason,
  ToolCall,
} from '../../ports/model-client.ts';

export type CollectedAnswer =
  | {
      readonly ok: true;
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      readonly stopReason: StopReason;
      readonly usage: ModelUsage;
      /** Which model of a chain answered, where there was a choice. */
      readonly servedBy?: string;
    }
  | { readonly ok: false; readonly failure: ModelFailure };

interface Partial {
  text: string;
  readonly calls: Map<number, { readonly id: string; readonly name: string; argumentsJson: string }>;
  usage: ModelUsage;
}

const add = (partial: Partial, event: ModelEvent): void => {
  switch (event.type) {
    case 'text_delta':
      partial.text += event.text;
      return;
    case 'tool_call_started':
      partial.calls.set(event.index, { id: event.id, name: event.name, argumentsJson: '' });
      return;
    case 'tool_call_delta': {
      const call = partial.calls.get(event.index);
      if (call !== undefined) call.argumentsJson += event.argumentsText;
      return;
    }
    case 'usage':
      partial.usage = event.usage;
      return;
    case 'finished':
    case 'failed':
      return;
  }
};

/** Two calls of one id could not be answered apart, so a repeated id is made distinct. */
const distinct = (calls: readonly ToolCall[]): readonly ToolCall[] => {
  const seen = new Set<string>();
  return calls.map((call) => {
    let { id } = call;
    for (let copy = 2; id === '' || seen.has(id); copy += 1) id = `${call.id === '' ? 'call' : call.id}_${copy}`;
    seen.add(id);
    return { ...call, id };
  });
};

/** Reads a stream to its end. */
export const collectAnswer = async (
  client: ModelClient,
  request: ModelRequest,
  signal?: CancelSignal,
): Promise<CollectedAnswer> => {
  const partial: Partial = {
    text: '',
    calls: new Map(),
    usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 },
  };
  for await (const event of client.stream(request, signal)) {
    if (event.type === 'failed') return { ok: false, failure: event.failure };
    if (event.type === 'finished') {
      const toolCalls = distinct(
        [...partial.calls.entries()].toSorted(([left], [right]) => left - right).map(([, call]) => call),
      );
      const { stopReason, servedBy } = event;
      const served = servedBy === undefined ? {} : { servedBy };
      return { ok: true, text: partial.text, toolCalls, stopReason, usage: partial.usage, ...served };
    }
    add(partial, event);
  }
  return {
    ok: false,
    failure: { kind: 'connection_lost', message: 'The answer ended before it was finished.', retryable: true },
  };
};
