import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PassThroughFrames, type PassedPiece } from '../../adapters/models/pass-through-frames.ts';
import { MessageJudge } from './message-judge.ts';

const frame = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;

const start = frame('message_start', {
  message: { usage: { input_tokens: 3, cache_read_input_tokens: 5, cache_creation_input_tokens: 7, output_tokens: 1 } },
});
const text = frame('content_block_delta', { delta: { type: 'text_delta', text: 'event: error\n "error": {} – ü' } });
const delta = frame('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 11 } });
const stop = frame('message_stop');
const whole = `${start}${frame('ping')}${text}${delta}${stop}`;

const read = (text: string, cuts: readonly number[] = []) => {
  const bytes = new TextEncoder().encode(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  const frames = new PassThroughFrames(new MessageJudge(), '');
  const passed: Uint8Array[] = [];
  let last: PassedPiece | undefined;
  for (const [index, place] of places.entries()) {
    if (last !== undefined) break;
    const piece = frames.read(bytes.slice(places[index - 1] ?? 0, place));
    passed.push(piece.bytes);
    if (piece.type !== 'more') last = piece;
  }
  if (last === undefined) {
    last = frames.end();
    passed.push(last.bytes);
  }
  return { last, text: passed.map((part) => new TextDecoder().decode(part)).join('') };
};

describe('a stream of Anthropic’s that is passed on', () => {
  it('arrives byte for byte, however it is cut on its way, with its tokens', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
        const { last, text: arrived } = read(whole, cuts);
        expect(arrived).toBe(whole);
        expect(last).toMatchObject({
          type: 'end',
          usage: { inputTokens: 15, cachedInputTokens: 5, cacheWriteTokens: 7, outputTokens: 11 },
        });
      }),
    );
  });

  it('that breaks anywhere fails, after whole frames alone', () => {
    fc.assert(
      // The last line end is no part of what was said.
      fc.property(fc.nat(whole.length - 3), (length) => {
        const { last, text: arrived } = read(whole.slice(0, length));
        expect(last.type).toBe('failed');
        expect(arrived === '' || arrived.endsWith('\n\n')).toBe(true);
        // A frame of which only the empty line is missing gets a new one.
        expect(whole.startsWith(arrived.trimEnd())).toBe(true);
      }),
    );
  });

  it('is whole without its last line end, and without names of events', () => {
    expect(read(whole.slice(0, -1)).last.type).toBe('end');
    expect(read(whole.replaceAll(/^event: .*\n/gm, '')).last).toMatchObject({
      type: 'end',
      usage: { outputTokens: 11 },
    });
  });

  it.each([
    ['an error', `${start}${frame('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })}`],
    ['an end without a beginning', stop],
    ['a beginning that says nothing', frame('message_start')],
    ['what is no JSON', `${start}event: content_block_delta\ndata: {"type":"content_block_delta\n\n`],
  ])('%s is a failure', (_name, stream) => {
    expect(read(`${stream}${stop}`).last.type).toBe('failed');
  });

  it('keeps the provider’s own error for whoever classifies it', () => {
    const { last } = read(`${start}${frame('error', { error: { type: 'overloaded_error' } })}`);
    expect(last.type === 'failed' && last.frame).toContain('overloaded_error');
  });

  it('counts the passes of the model itself and not those of its adviser', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 100, output_tokens: 10 },
      { type: 'advisor_message', input_tokens: 1_000, output_tokens: 1_000 },
      { type: 'message', input_tokens: 5, output_tokens: 6, cache_read_input_tokens: 2 },
    ];
    const fallback = [...iterations, { type: 'fallback_message', input_tokens: 1, output_tokens: 1 }];
    const another = frame('message_delta', { usage: { input_tokens: 5, output_tokens: 6, iterations: fallback } });
    expect(read(`${start}${another}${stop}`).last).toMatchObject({ usage: { inputTokens: 17, outputTokens: 6 } });
    const told = frame('message_delta', { usage: { input_tokens: 5, output_tokens: 6, iterations } });
    expect(read(`${start}${told}${stop}`).last).toMatchObject({
      usage: { inputTokens: 114, outputTokens: 16, cachedInputTokens: 2, cacheWriteTokens: 7 },
    });
  });
});
