/**
 * Anthropic's wire inside the test: stands in for `fetch`, streams scripted answers, can fall silent after any piece,
 * and keeps the provider's own count of what it was asked and what it would charge. Objects run in the test's isolate,
 * so what they share with the test is plain memory; a stream that waits does so by looking again, since a promise of
 * another request's context would not wake it.
 */
import { vi } from 'vitest';

export interface ScriptedAnswer {
  readonly text: string;
  readonly toolCalls?: readonly { readonly name: string; readonly arguments: object }[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Before the answer begins. */
  readonly delayMs?: number;
}

export interface UpstreamCall {
  readonly idempotencyKey: string;
  /** The request as it was sent. */
  readonly body: string;
  /** Characters of text sent so far. */
  sent: number;
  finished: boolean;
}

const pieceLength = 400;
const lookAgainMs = 5;

const frame = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const pieces = (text: string): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, index) =>
    text.slice(index * pieceLength, (index + 1) * pieceLength),
  );

interface Frame {
  readonly bytes: string;
  readonly characters: number;
}

const framesOf = (answer: ScriptedAnswer, index: number): readonly Frame[] => {
  const plain = (type: string, data: object): Frame => ({ bytes: frame(type, data), characters: 0 });
  const calls = answer.toolCalls ?? [];
  return [
    plain('message_start', {
      message: {
        id: `msg_${index}`,
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: answer.inputTokens, output_tokens: 1 },
      },
    }),
    plain('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...pieces(answer.text).map((text) => ({
      bytes: frame('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
      characters: text.length,
    })),
    plain('content_block_stop', { index: 0 }),
    ...calls.flatMap((call, position) => [
      plain('content_block_start', {
        index: position + 1,
        content_block: { type: 'tool_use', id: `toolu_${index}_${position}`, name: call.name, input: {} },
      }),
      plain('content_block_delta', {
        index: position + 1,
        delta: { type: 'input_json_delta', partial_json: JSON.stringify(call.arguments) },
      }),
      plain('content_block_stop', { index: position + 1 }),
    ]),
    plain('message_delta', {
      delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: answer.outputTokens },
    }),
    plain('message_stop', {}),
  ];
};

export class ScriptedProvider {
  readonly calls: UpstreamCall[] = [];
  /** How many calls have fallen silent. */
  stalled = 0;
  #answer: (index: number) => ScriptedAnswer;
  #silentAfter: (index: number) => number | undefined = () => undefined;

  constructor(answer: (index: number) => ScriptedAnswer) {
    this.#answer = answer;
    const real = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      if (!url.startsWith('http://provider.invalid')) return real(input, init);
      const body = typeof init?.body === 'string' ? init.body : '';
      return this.#respond(new Headers(init?.headers).get('idempotency-key') ?? '', body);
    });
  }

  /** Another script from the next call on. */
  play(answer: (index: number) => ScriptedAnswer): void {
    this.#answer = answer;
  }

  /** The call of that number (from 0) sends so many pieces of text and then nothing more, for as long as it lives. */
  fallSilent(after: (index: number) => number | undefined): void {
    this.#silentAfter = after;
  }

  #respond(idempotencyKey: string, body: string): Response {
    const index = this.calls.length;
    const call: UpstreamCall = { idempotencyKey, body, sent: 0, finished: false };
    this.calls.push(call);
    const answer = this.#answer(index);
    const frames = framesOf(answer, index);
    const silentAfter = this.#silentAfter(index);
    const encoder = new TextEncoder();
    let position = 0;
    let sentPieces = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        if (position === 0 && answer.delayMs !== undefined) await scheduler.wait(answer.delayMs);
        const next = frames[position];
        if (next === undefined) {
          call.finished = true;
          controller.close();
          return;
        }
        if (silentAfter !== undefined && next.characters > 0 && sentPieces >= silentAfter) {
          this.stalled += 1;
          for (;;) await scheduler.wait(lookAgainMs * 20);
        }
        position += 1;
        sentPieces += next.characters > 0 ? 1 : 0;
        call.sent += next.characters;
        controller.enqueue(encoder.encode(next.bytes));
      },
    });
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
  }
}
