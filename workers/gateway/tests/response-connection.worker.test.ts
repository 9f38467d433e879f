/** Many requests over one connection, in any order of lanes and answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseConnection, type Turn } from '../response-connection.ts';

interface Asked {
  readonly lane: number;
  /** How the answer comes: after so many milliseconds, in so many pieces, cut anywhere. */
  readonly delayMs: number;
  readonly cuts: readonly number[];
  readonly outcome: 'completed' | 'failed' | 'refused' | 'throws';
}

const asked = fc.array(
  fc.record({
    lane: fc.nat({ max: 3 }),
    delayMs: fc.nat({ max: 4 }),
    cuts: fc.array(fc.nat({ max: 200 }), { maxLength: 4 }),
    outcome: fc.constantFrom<Asked['outcome']>('completed', 'completed', 'failed', 'refused', 'throws'),
  }),
  { maxLength: 20 },
);

const textOf = (id: string, { outcome }: Asked): string => {
  const events = ['response.created', 'response.output_text.delta', `response.${outcome}`];
  const frames = events.map((type) => `event: ${type}\ndata: ${JSON.stringify({ type, id, text: '…ü\\n' })}\n\n`);
  return [frames[0], ': still here\n\n', ...frames.slice(1)].join('');
};

const streamOf = (text: string, cuts: readonly number[]): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text);
  const places = [0, ...cuts.filter((cut) => cut < bytes.length).toSorted((one, other) => one - other), bytes.length];
  return new ReadableStream({
    start: (controller) => {
      for (const [index, start] of places.slice(0, -1).entries())
        controller.enqueue(bytes.slice(start, places[index + 1]));
      controller.close();
    },
  });
};

const answerTo = async (id: string, turn: Asked): Promise<Response> => {
  await scheduler.wait(turn.delayMs);
  if (turn.outcome === 'throws') throw new Error('the test breaks it');
  if (turn.outcome === 'refused') return Response.json({ error: { code: id, param: null } }, { status: 400 });
  return new Response(streamOf(textOf(id, turn), turn.cuts), { headers: { 'content-type': 'text/event-stream' } });
};

interface Sent {
  readonly type: string;
  readonly stream_id: string;
  readonly id?: string;
  readonly error?: { readonly code: string };
}

const isEnd = ({ type }: Sent): boolean => /^(?:error|response\.(?:completed|failed))$/.test(type);

describe('a connection', () => {
  it('answers every request once, in the order of its lane, each whole before the next', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (turns) => {
        const sent: Sent[] = [];
        const faults: unknown[] = [];
        const done = Promise.withResolvers<void>();
        const running = new Map<string, number>();
        const connection = new ResponseConnection({
          send: (message) => {
            const event = JSON.parse(message) as Sent;
            sent.push(event);
            if (sent.filter(isEnd).length === turns.length) done.resolve();
          },
          close: () => undefined,
          answer: async ({ body }: Turn) => {
            const { id, lane } = body.value as { id: number; lane: string };
            running.set(lane, (running.get(lane) ?? 0) + 1);
            expect(running.get(lane)).toBe(1);
            try {
              return await answerTo(String(id), turns[id] as Asked);
            } finally {
              running.set(lane, 0);
            }
          },
          log: (error) => void faults.push(error),
        });
        for (const [id, { lane }] of turns.entries()) {
          connection.receive(JSON.stringify({ type: 'response.create', stream_id: `l${lane}`, lane: `l${lane}`, id }));
        }
        if (turns.length > 0) await done.promise;
        for (const lane of new Set(turns.map((turn) => turn.lane))) {
          const expected = turns.flatMap((turn, id): readonly string[] => {
            if (turn.lane !== lane) return [];
            if (turn.outcome === 'throws') return ['error null'];
            if (turn.outcome === 'refused') return [`error ${id}`];
            return ['created', 'output_text.delta', turn.outcome].map((name) => `response.${name} ${id}`);
          });
          const got = sent.filter(({ stream_id }) => stream_id === `l${lane}`);
          expect(got.map(({ type, id, error }) => `${type} ${id ?? error?.code}`)).toEqual(expected);
        }
        expect(faults).toHaveLength(turns.filter(({ outcome }) => outcome === 'throws').length);
      }),
    );
  });

  it('sends nothing any more once its client has left', async () => {
    const sent: string[] = [];
    let isCancelled = false;
    const connection = new ResponseConnection({
      send: (message) => void sent.push(message),
      close: () => undefined,
      answer: async () => new Response(new ReadableStream({ cancel: () => void (isCancelled = true) })),
      log: () => undefined,
    });
    connection.receive('{"type":"response.create"}');
    connection.receive('{"type":"response.create"}');
    await scheduler.wait(1);
    connection.leave();
    await scheduler.wait(1);
    expect([sent, isCancelled]).toEqual([[], true]);
  });
});
