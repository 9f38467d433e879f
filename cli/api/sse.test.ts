import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseParser, type ServerSentEvent } from './sse.ts';

const parse = (pieces: readonly string[]): readonly ServerSentEvent[] => {
  const parser = createSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

const text =
  'retry: 1000\n\n: heartbeat\n\nid: 1\ndata: {"a":1}\n\nevent: caught_up\ndata: {"sequence":1}\n\nid: 2\r\ndata: one\r\ndata: two\r\n\r\n';
const events: readonly ServerSentEvent[] = [
  { name: 'message', data: '{"a":1}', id: '1' },
  { name: 'caught_up', data: '{"sequence":1}', id: undefined },
  { name: 'message', data: 'one\ntwo', id: '2' },
];

describe('createSseParser', () => {
  it('reads names, ids and data of several lines, and skips comments', () => {
    expect(parse([text])).toEqual(events);
  });

  it('does not care where the pieces end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const borders = [0, ...cuts.toSorted((left, right) => left - right), text.length];
        const pieces = borders.slice(1).map((end, index) => text.slice(borders[index], end));
        expect(parse(pieces)).toEqual(events);
      }),
    );
  });

  it('gives nothing of an event that is not complete', () => {
    expect(parse(['id: 1\ndata: half'])).toEqual([]);
  });
});
