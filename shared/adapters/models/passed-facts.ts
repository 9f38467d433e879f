/** What an answer that was passed on untouched had in it, read afterwards. */
import type { AnswerFacts, AskedFor } from '../../domain/model/quality/answer-quality.ts';
import { AnswerEar } from '../../domain/model/quality/answer-ear.ts';
import type { JudgedWire } from '../../domain/model/quality/asked-for.ts';
import type { StopReason } from '../../ports/model-client.ts';
import { dataOf, parse, type HeardEnd } from '../../protocol/openai/frame-judge.ts';
import { AnthropicReader } from './anthropic-reader.ts';
import { OpenAiReader } from './openai-reader.ts';

type Facts = Partial<AnswerFacts>;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A whole answer as the pieces of a stream that says the same. */
const piecesOf = (wire: JudgedWire, answer: Readonly<Record<string, unknown>>): readonly unknown[] => {
  if (wire === 'messages') {
    return list(answer['content']).flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: block },
      { type: 'content_block_stop', index },
    ]);
  }
  const [choice] = list(answer['choices']);
  return typeof choice === 'object' && choice !== null && 'message' in choice && 'finish_reason' in choice
    ? [{ choices: [{ delta: choice.message, finish_reason: choice.finish_reason }] }]
    : [];
};

const hear = (wire: JudgedWire, pieces: Iterable<unknown>, asked: Pick<AskedFor, 'format' | 'tools'>): Facts => {
  const reader = wire === 'chat' ? new OpenAiReader() : new AnthropicReader();
  const ear = new AnswerEar(asked);
  let stopReason: StopReason | undefined;
  for (const piece of pieces) {
    for (const event of reader.read(piece)) {
      // A piece that cannot be read may hide anything.
      if (event.type === 'failed') return {};
      ear.hear(event);
    }
  }
  for (const event of reader.end()) if (event.type === 'finished') ({ stopReason } = event);
  return { ...ear.facts, ...(stopReason === undefined ? {} : { stopReason }) };
};

/** Of a whole answer. Of several choices the first one. */
export const factsOfWhole = (
  wire: JudgedWire,
  answer: Readonly<Record<string, unknown>>,
  asked: Pick<AskedFor, 'format' | 'tools'>,
): Facts => hear(wire, piecesOf(wire, answer), asked);

/** Of the bytes of a stream that came to its end. */
export const factsOfStream = (
  wire: JudgedWire,
  bytes: Uint8Array,
  asked: Pick<AskedFor, 'format' | 'tools'>,
): Facts => {
  const frames = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n').split('\n\n');
  const pieces = frames.flatMap((frame) => {
    const data = dataOf(frame);
    const piece = data === undefined ? undefined : parse(data);
    return piece === undefined ? [] : [piece];
  });
  return hear(wire, pieces, asked);
};

/** Why a whole answer ended, in the provider's words, and its id. */
export const endOfWhole = (wire: JudgedWire, answer: Readonly<Record<string, unknown>>): HeardEnd => {
  const { id, stop_reason: messageReason } = answer;
  const [choice] = list(answer['choices']);
  const reason =
    wire === 'messages'
      ? messageReason
      : typeof choice === 'object' && choice !== null && 'finish_reason' in choice
        ? choice.finish_reason
        : undefined;
  return {
    id: typeof id === 'string' ? id : undefined,
    finishReason: typeof reason === 'string' ? reason : undefined,
  };
};
