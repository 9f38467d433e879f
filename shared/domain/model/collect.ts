/**
 * One whole answer out of a model's stream. A stream that breaks is a failure, never a short answer. The pieces are the
 * same whether they come from a provider or from a recording, so an answer that was recorded to its end is read back
 * without a second call.
 */
import type {
  CancelSignal,
  ModelClient,
  ModelEvent,
  ModelFailure,
  ModelRequest,
  ModelUsage,
  ReasoningBlock,
  StopReason,
  TextLink,
  ToolCall,
} from '../../ports/model-client.ts';

/** A link of an answer, and the characters of its text that speak of it: from `start` up to `end`, without it. */
export interface LinkedText extends TextLink {
  readonly start: number;
  readonly end: number;
}

export type CollectedAnswer =
  | {
      readonly ok: true;
      readonly text: string;
      readonly links?: readonly LinkedText[];
      readonly toolCalls: readonly ToolCall[];
      readonly reasoning?: readonly ReasoningBlock[];
      readonly stopReason: StopReason;
      readonly stopText?: string;
      readonly usage: ModelUsage;
      /** Which model of a chain answered, where there was a choice. */
      readonly servedBy?: string;
    }
  | {
      readonly ok: false;
      readonly failure: ModelFailure;
      /** What the provider said it used before it failed, where it said so. */
      readonly usage?: ModelUsage;
    };

/** What has arrived of an answer so far. */
export interface PartialAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Undefined until the provider told. */
  readonly usage: ModelUsage | undefined;
}

const noUsage: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };

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

/** The link in a text of which so many characters have come. */
export const placeLink = (
  { link, length }: Extract<ModelEvent, { type: 'text_linked' }>,
  textLength: number,
): LinkedText => ({ ...link, start: Math.max(0, textLength - length), end: textLength });

/** Gathers the pieces of one answer. */
export class AnswerCollector {
  #text = '';
  readonly #links: LinkedText[] = [];
  readonly #calls = new Map<number, { readonly id: string; readonly name: string; argumentsJson: string }>();
  readonly #reasoning: ReasoningBlock[] = [];
  #thought = '';
  #usage: ModelUsage | undefined;

  /** Takes the next piece; the whole answer once the piece was the last one. */
  add(event: ModelEvent): CollectedAnswer | undefined {
    switch (event.type) {
      case 'text_delta':
        this.#text += event.text;
        return undefined;
      case 'text_linked':
        this.#links.push(placeLink(event, this.#text.length));
        return undefined;
      case 'reasoning_delta':
        this.#thought += event.text;
        return undefined;
      case 'reasoning_signed':
        this.#endThought(event.signature);
        return undefined;
      case 'reasoning_redacted':
        this.#endThought();
        this.#reasoning.push({ type: 'redacted', data: event.data });
        return undefined;
      case 'tool_call_started':
        this.#calls.set(event.index, { id: event.id, name: event.name, argumentsJson: '' });
        return undefined;
      case 'tool_call_delta': {
        const call = this.#calls.get(event.index);
        if (call !== undefined) call.argumentsJson += event.argumentsText;
        return undefined;
      }
      case 'usage':
        this.#usage = event.usage;
        return undefined;
      case 'failed':
        return this.#failed(event.failure);
      case 'finished': {
        const { text, toolCalls, usage } = this.partial();
        this.#endThought();
        const { stopReason, servedBy, stopText } = event;
        return {
          ok: true,
          text,
          ...(this.#links.length === 0 ? {} : { links: this.#links }),
          toolCalls,
          stopReason,
          usage: usage ?? noUsage,
          ...(this.#reasoning.length === 0 ? {} : { reasoning: this.#reasoning }),
          ...(servedBy === undefined ? {} : { servedBy }),
          ...(stopText === undefined ? {} : { stopText }),
        };
      }
    }
  }

  /** The stream ended without a last piece. */
  end(): CollectedAnswer {
    return this.#failed({
      kind: 'connection_lost',
      message: 'The answer ended before it was finished.',
      retryable: true,
    });
  }

  partial(): PartialAnswer {
    const inOrder = [...this.#calls.entries()].toSorted(([left], [right]) => left - right);
    return { text: this.#text, toolCalls: distinct(inOrder.map(([, call]) => call)), usage: this.#usage };
  }

  #endThought(signature?: string): void {
    if (this.#thought !== '' || signature !== undefined) {
      this.#reasoning.push({ type: 'text', text: this.#thought, ...(signature === undefined ? {} : { signature }) });
    }
    this.#thought = '';
  }

  #failed(failure: ModelFailure): CollectedAnswer {
    return { ok: false, failure, ...(this.#usage === undefined ? {} : { usage: this.#usage }) };
  }
}

/** What a recording of a stream holds: the whole answer, or how far it came. */
export const replayAnswer = (
  events: Iterable<ModelEvent>,
): { readonly answer: CollectedAnswer | undefined; readonly partial: PartialAnswer } => {
  const collector = new AnswerCollector();
  for (const event of events) {
    const answer = collector.add(event);
    if (answer !== undefined) return { answer, partial: collector.partial() };
  }
  return { answer: undefined, partial: collector.partial() };
};

/** Reads a stream to its end. `onEvent` sees every piece before the next one is asked for. */
export const collectAnswer = async (
  client: ModelClient,
  request: ModelRequest,
  signal?: CancelSignal,
  onEvent?: (event: ModelEvent) => void,
): Promise<CollectedAnswer> => {
  const collector = new AnswerCollector();
  for await (const event of client.stream(request, signal)) {
    onEvent?.(event);
    const answer = collector.add(event);
    if (answer !== undefined) return answer;
  }
  return collector.end();
};
