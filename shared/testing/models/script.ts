/** What a fake model server says, and how it misbehaves: the same for every protocol. */

/** One tool call of a scripted answer; a string is sent as it stands, so that it may be malformed. */
export interface ScriptedCall {
  readonly id?: string;
  readonly name: string;
  readonly arguments: object | string;
}

/** A block of what the model thought: to be read, or sealed by the provider. */
export type ScriptedThought = { readonly text: string } | { readonly sealed: string };

export interface ScriptedTurn {
  /** Before everything else. Anthropic's server signs it, and takes it back only as it gave it. */
  readonly reasoning?: readonly ScriptedThought[];
  readonly text?: string;
  readonly toolCalls?: readonly ScriptedCall[];
  /** Default: what fits the turn. */
  readonly stop?: 'end' | 'tool_calls' | 'length' | 'refusal';
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedInputTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  /** The text of `stop` that was met, where the protocol tells. */
  readonly stopText?: string;
  /** What this request meets, where the schedule has nothing for it. */
  readonly fault?: Fault;
}

/** What a request said, whatever the protocol. */
export interface ParsedRequest {
  readonly model: string;
  readonly system: string;
  /** Roles and texts in order; results of tools have the role `tool`. */
  readonly messages: readonly { readonly role: string; readonly text: string }[];
  readonly tools: readonly string[];
  /** How many likeliest tokens are shown for each; undefined: none of them. */
  readonly topLogprobs?: number;
  /** How many requests came before this one. */
  readonly index: number;
  /** An older form of OpenAI's API: calls of functions, or the operation for bare prompts and how many answers it wants. */
  readonly older?: { readonly type: 'functions' } | { readonly type: 'prompt'; readonly answers: number };
}

export type Script = (request: ParsedRequest) => ScriptedTurn;

export type Fault =
  | {
      readonly type: 'status';
      readonly status: number;
      readonly code?: string;
      readonly retryAfter?: string;
      /** The provider's own clock, when it is not ours. */
      readonly date?: string;
    }
  | { readonly type: 'html'; readonly status: number }
  | { readonly type: 'redirect'; readonly status: number; readonly location: string }
  /** The connection is reset before anything is answered. */
  | { readonly type: 'reset' }
  /** The answer one byte at a time. */
  | { readonly type: 'drip'; readonly everyMs: number }
  /**
   * The first `frames` frames, then these bytes, then the other frames, or a proper end of the response instead of
   * them. A negative number counts from the end.
   */
  | {
      readonly type: 'inject';
      readonly frames: number;
      readonly bytes: string | Uint8Array;
      readonly endsThere?: boolean;
    }
  /** The same with `before`, then `chunk` so often that it has `bytes` bytes, as fast as they are taken, then `after`. */
  | {
      readonly type: 'flood';
      readonly frames: number;
      readonly before: string;
      readonly chunk: string;
      readonly bytes: number;
      readonly after: string;
    }
  /** The request is taken and never answered. */
  | { readonly type: 'hang_before_headers' }
  /** The first `bytes` of the answer, then silence. */
  | { readonly type: 'hang_after'; readonly bytes: number }
  /** The first `bytes` of the answer, then the connection is destroyed. */
  | { readonly type: 'cut_after'; readonly bytes: number }
  /** The first `frames` frames, then a proper end of the response. */
  | { readonly type: 'close_after'; readonly frames: number }
  /** The first `frames` frames, then one that is not JSON. */
  | { readonly type: 'malformed_frame'; readonly frames: number }
  /** The first `frames` frames, then the provider's own error in the stream. */
  | { readonly type: 'error_frame'; readonly frames: number; readonly code: string }
  | { readonly type: 'without_done' }
  | { readonly type: 'without_usage' };

/** What the n-th request meets; requests beyond the schedule are answered well. */
export type FaultSchedule = readonly (Fault | undefined)[];

export interface RecordedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it came. */
  readonly body: unknown;
}

export interface FakeModelServer {
  /** `http://127.0.0.1:<port>`, to be given to the adapter as it wants it. */
  readonly url: string;
  /** The key that the server takes; every other one is answered 401. */
  readonly apiKey: string;
  readonly requests: readonly RecordedRequest[];
  /** How much of floods was handed to the network so far. */
  readonly floodedBytes: number;
  /** Resolves when the n-th request (from 1) has arrived. */
  readonly received: (count: number) => Promise<void>;
  /** Lets the process end while the server is still there. */
  readonly unref: () => void;
  readonly close: () => Promise<void>;
}

/** One turn's stop, where the script does not say it. */
export const stopOf = (turn: ScriptedTurn): NonNullable<ScriptedTurn['stop']> =>
  turn.stop ?? ((turn.toolCalls?.length ?? 0) > 0 ? 'tool_calls' : 'end');

export const argumentsTextOf = (call: ScriptedCall): string =>
  typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);

const shortestPiece = 7;
const mostPieces = 300;

/** Cuts a text into pieces of a few characters, as models send it; a long one into longer pieces, to stay handy. */
export const pieces = (text: string): readonly string[] => {
  const size = Math.max(shortestPiece, Math.ceil(text.length / mostPieces));
  const result: string[] = [];
  for (let start = 0; start < text.length; start += size) result.push(text.slice(start, start + size));
  return result;
};
