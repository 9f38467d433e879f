import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { doneFrame } from '../../protocol/openai/chunks.ts';
import { FrameJudge } from '../../protocol/openai/frame-judge.ts';
import { PassThroughFrames, type PassedPiece } from './pass-through-frames.ts';

const chunk = (delta: object, reason: string | null = null, index = 0): string =>
  `data: ${JSON.stringify({ choices: [{ index, delta, finish_reason: reason }] })}\n\n`;

const done = 'data: [DONE]\n\n';
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (pieces: readonly PassedPiece[]): string =>
  new TextDecoder().decode(Uint8Array.from(pieces.flatMap((piece) => [...piece.bytes])));

/** Feeds the stream cut at these places; the pieces up to the last one. */
const feed = (stream: Uint8Array, cuts: readonly number[], choices = 1): readonly PassedPiece[] => {
  const frames = new PassThroughFrames(new FrameJudge(choices), doneFrame);
  const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].toSorted((a, b) => a - b);
  const pieces: PassedPiece[] = [];
  for (const [index, place] of places.slice(1).entries()) {
    const piece = frames.read(stream.slice(places[index], place));
    pieces.push(piece);
    if (piece.type !== 'more') return pieces;
  }
  return [...pieces, frames.end()];
};

/** Texts that try to look like the ends of a stream. */
const texts = fc.array(
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"finish_reason":"stop"', '"error":{', '[DONE]', '\n\n')),
);
const lineEnds = fc.constantFrom('\n', '\r\n');
const cuts = fc.array(fc.nat());

describe('a stream that is passed through', () => {
  it('comes out as it went in, however it is cut on its way', () => {
    fc.assert(
      fc.property(texts, cuts, lineEnds, fc.boolean(), (words, places, lineEnd, withDone) => {
        const stream = [': a comment\n\n', ...words.map((content) => chunk({ content })), chunk({}, 'stop'), usage]
          .join('')
          .replaceAll('\n', lineEnd);
        const pieces = feed(bytes(stream + (withDone ? done : '')), places);
        expect(pieces.at(-1)?.type).toBe('end');
        expect(textOf(pieces)).toBe(stream + done);
      }),
    );
  });

  it('is never finished by a break, wherever it is', () => {
    fc.assert(
      fc.property(texts, fc.nat(), cuts, (words, place, places) => {
        const open = bytes([...words.map((content) => chunk({ content })), chunk({}, 'stop')].join(''));
        const before = open.slice(0, place % (open.length - 2));
        const pieces = feed(before, places);
        expect(pieces.at(-1)?.type).toBe('failed');
        const passed = textOf(pieces);
        expect(passed === '' || passed.endsWith('\n\n')).toBe(true);
        expect(passed).not.toMatch(/"finish_reason":"|^data: \[DONE\]/m);
      }),
    );
  });

  it('takes a last frame that only lacks its empty line, and drops a half one', () => {
    const reason = chunk({}, 'stop');
    expect(textOf(feed(bytes(reason.trimEnd()), []))).toBe(reason + done);
    expect(textOf(feed(bytes(reason + done.trimEnd()), []))).toBe(reason + done);
    expect(textOf(feed(bytes(`${reason}data: {"usage":{}`), []))).toBe(reason + done);
  });

  it('holds the reason back until the end, and with several answers until all have one', () => {
    const frames = new PassThroughFrames(new FrameJudge(2), doneFrame);
    const first = chunk({}, 'stop', 0);
    expect(textOf([frames.read(bytes(first))])).toBe(first);
    expect(textOf([frames.read(bytes(chunk({}, 'stop', 1)))])).toBe('');
    expect(textOf([frames.read(bytes(done))])).toBe(chunk({}, 'stop', 1) + done);
  });

  it.each<[string, string | Uint8Array, string]>([
    ['an end without a reason', chunk({ content: 'a' }) + done, 'failed'],
    ['a frame that is no JSON', 'data: {"choices":[{"del\n\n', 'failed'],
    ['a frame that is something else', 'data: hello\n\n', 'failed'],
    ['an error', 'data: {"error":{"message":"x"}}\n\n', 'failed'],
    ['an error that is none', 'data: {"error":null,"choices":[]}\n\n', 'more'],
    ['bytes that are no text', Uint8Array.of(0x64, 0xff, 0x0a, 0x0a), 'failed'],
  ])('%s', (_name, sent, type) => {
    const body = typeof sent === 'string' ? bytes(sent) : sent;
    expect(feed(body, []).at(-1)?.type).toBe('failed');
    expect(new PassThroughFrames(new FrameJudge(1), doneFrame).read(body).type).toBe(type);
  });

  it('tells what was used, and hides a chunk of nothing else from a client that did not ask for it', () => {
    fc.assert(
      fc.property(texts, cuts, fc.boolean(), fc.boolean(), (words, places, hides, isCut) => {
        const told = { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } };
        const usageFrame = `data: ${JSON.stringify({ choices: [], usage: told })}\n\n`;
        const answer = [...words.map((content) => chunk({ content })), chunk({}, 'stop')].join('');
        const frames = new PassThroughFrames(new FrameJudge(1, hides), doneFrame);
        const stream = bytes(answer + usageFrame + (isCut ? 'data: {"cho' : done));
        const marks = [0, ...places.map((place) => place % stream.length), stream.length].toSorted((a, b) => a - b);
        const pieces = marks.slice(1).map((mark, index) => frames.read(stream.slice(marks[index], mark)));
        const last = isCut ? frames.end() : pieces.at(-1);
        expect(frames.usage).toEqual({ inputTokens: 7, outputTokens: 3, cachedInputTokens: 2 });
        expect(last).toMatchObject({ type: 'end', usage: { inputTokens: 7, outputTokens: 3 } });
        const text = textOf(isCut && last !== undefined ? [...pieces, last] : pieces);
        expect(text).toBe(answer + (hides ? '' : usageFrame) + done);
      }),
    );
  });

  it.each<[string, object, object]>([
    ['at the end', { usage: null }, {}],
    ['before one last text', { usage: null, obfuscation: 'x1' }, { obfuscation: 'x1' }],
    ['inside of a field', { x_more: { id: 'a', usage: null } }, { x_more: { id: 'a', usage: null } }],
  ])('leaves out the null of a usage that nobody asked for: %s', (_name, more, left) => {
    const said = (...mores: readonly object[]): string =>
      mores
        .map((field, index) => {
          const choice = { index: 0, delta: { content: ',"usage":null}' }, finish_reason: index === 0 ? null : 'stop' };
          return `data: ${JSON.stringify({ choices: [choice], ...field })}\n\n`;
        })
        .join('') + done;
    const shown = (hides: boolean): string =>
      textOf([new PassThroughFrames(new FrameJudge(1, hides), doneFrame).read(bytes(said(more, more)))]);
    expect(shown(true)).toBe(said(left, left));
    expect(shown(false)).toBe(said(more, more));
  });

  it('keeps the usage of a chunk that has more to say, and counts frames', () => {
    const both = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 1 } })}\n\n`;
    const frames = new PassThroughFrames(new FrameJudge(1, true), doneFrame);
    expect(frames.read(bytes(chunk({ content: 'a' }) + chunk({ content: '"usage":{' })))).toMatchObject({ frames: 2 });
    expect(textOf([frames.read(bytes(both + done))])).toBe(both + done);
    expect(frames.usage).toMatchObject({ inputTokens: 1 });
  });
});
