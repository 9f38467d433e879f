import { describe, expect, it } from 'vitest';
import { createBus, numbered, until, valueOf } from './testing/bus.ts';

const sequencesOf = (events: readonly { readonly sequence: number }[]): readonly number[] =>
  events.map(({ sequence }) => sequence);

describe('a pulling group', () => {
  it('leases events, forgets what is acknowledged, and has a cursor of its own', async () => {
    const bus = createBus();
    await bus.publish(numbered(5));
    await bus.group('left');
    await bus.group('right');
    const first = await bus.pull('left', 3);
    expect(sequencesOf(first)).toEqual([1, 2, 3]);
    expect(first[0]).toMatchObject({ attempt: 1, event: { data: 1 } });
    const settled = await bus.topic().acknowledge({ group: 'left', leases: first });
    expect(settled).toEqual({ ok: true, value: { settled: 3, stale: [] } });
    // A repeat, whose answer was lost, is answered alike.
    expect(await bus.topic().acknowledge({ group: 'left', leases: first })).toEqual(settled);
    expect(sequencesOf(await bus.pull('left', 10))).toEqual([4, 5]);
    expect(await bus.pull('left', 10)).toEqual([]);
    expect(sequencesOf(await bus.pull('right', 10))).toEqual([1, 2, 3, 4, 5]);
    expect(valueOf(await bus.topic().view()).groups).toMatchObject([
      { group: 'left', next: 6, leased: 2, waiting: 0, lag: 2 },
      { group: 'right', next: 6, leased: 5, waiting: 0, lag: 5 },
    ]);
  });

  it('answers the same events to a pull that is repeated', async () => {
    const bus = createBus();
    await bus.publish(numbered(3));
    await bus.group('g');
    const pull = () => bus.topic().pull({ pullId: 'same', group: 'g', limit: 2 });
    const first = valueOf(await pull());
    expect(valueOf(await pull())).toEqual(first);
    expect(sequencesOf(first.events)).toEqual([1, 2]);
  });

  it('hands out again what was rejected, after its pause, and refuses the old lease', async () => {
    const bus = createBus();
    await bus.publish(numbered(1));
    await bus.group('g');
    const [first] = await bus.pull('g');
    if (first === undefined) throw new Error('nothing was handed out');
    valueOf(await bus.topic().reject({ group: 'g', leases: [first], delayMs: 30 }));
    expect(await bus.pull('g')).toEqual([]);
    const [second] = await bus.pull('g', 1, { waitMs: 5_000 });
    expect(second).toMatchObject({ sequence: 1, attempt: 2 });
    const stale = valueOf(await bus.topic().acknowledge({ group: 'g', leases: [first] }));
    expect(stale).toEqual({ settled: 0, stale: [1] });
    if (second === undefined) throw new Error('nothing was handed out again');
    expect(valueOf(await bus.topic().extend({ group: 'g', leases: [second], leaseMs: 60_000 }))).toMatchObject({
      settled: 1,
    });
    expect(valueOf(await bus.topic().acknowledge({ group: 'g', leases: [second] }))).toMatchObject({ settled: 1 });
    expect(valueOf(await bus.topic().view()).groups).toMatchObject([{ lag: 0 }]);
  });

  it('waits for events until some are published', async () => {
    const bus = createBus();
    await bus.group('g');
    const waiting = bus.pull('g', 5, { waitMs: 20_000 });
    await bus.publish(numbered(2));
    expect(sequencesOf(await waiting)).toEqual([1, 2]);
  });

  it('gives a consumer that never acknowledges no more than its bound, and gives up in the end', async () => {
    const bus = createBus();
    await bus.publish(numbered(6));
    await bus.group('g', { maxOutstanding: 4, maxAttempts: 2, leaseMs: 100 });
    const seen = new Map<number, number>();
    await until(async () => {
      const pulled = await bus.pull('g', 10, { leaseMs: 1 });
      for (const { sequence, attempt } of pulled) seen.set(sequence, attempt);
      expect(pulled.length).toBeLessThanOrEqual(4);
      return valueOf(await bus.topic().view()).groups[0]?.deadLetters === 6;
    });
    expect([...seen.entries()].toSorted(([left], [right]) => left - right)).toEqual(
      [1, 2, 3, 4, 5, 6].map((sequence) => [sequence, 2]),
    );
    // Publishers were never held up by it.
    expect(await bus.publish(numbered(1))).toMatchObject({ first: 7 });
    const letters = valueOf(await bus.topic().deadLetters({ group: 'g', after: 0, limit: 10 }));
    expect(letters[0]).toMatchObject({ sequence: 1, attempts: 2, cause: expect.stringContaining('lease ran out 2') });
  });

  it('keeps the order of each key where it is asked to', async () => {
    const bus = createBus();
    const keyed = (key: string) => ({ type: 't', key, data: null });
    await bus.publish([keyed('a'), keyed('a'), keyed('b'), keyed('a'), keyed('b')]);
    await bus.group('g', { order: 'key' });
    const first = await bus.pull('g');
    expect(sequencesOf(first)).toEqual([1, 3]);
    valueOf(await bus.topic().acknowledge({ group: 'g', leases: first.slice(0, 1) }));
    // The others of its key wait, also for one who waits for them, until the one before is done.
    const second = await bus.pull('g');
    expect(sequencesOf(second)).toEqual([2]);
    const waiting = bus.pull('g', 10, { waitMs: 20_000 });
    valueOf(await bus.topic().acknowledge({ group: 'g', leases: second }));
    expect(sequencesOf(await waiting)).toEqual([4]);
  });
});

describe('dead letters', () => {
  it('keep the event, whatever retention does, and are replayed with all attempts', async () => {
    const bus = createBus();
    await bus.publish([{ type: 'bad', key: 'k', data: { poison: true } }]);
    await bus.group('g', { maxAttempts: 1 });
    const [bad] = await bus.pull('g');
    if (bad === undefined) throw new Error('nothing was handed out');
    valueOf(await bus.topic().reject({ group: 'g', leases: [bad], cause: 'cannot read it' }));
    const list = () => bus.topic().deadLetters({ group: 'g', after: 0, limit: 10 });
    const [letter] = valueOf(await list());
    expect(letter).toMatchObject({ sequence: 1, cause: 'cannot read it', event: { data: { poison: true } } });
    if (letter === undefined) throw new Error('no letter was kept');
    expect(valueOf(await bus.topic().acknowledge({ group: 'g', leases: [bad] }))).toEqual({ settled: 0, stale: [1] });
    // Retention takes the event; the letter's copy is what comes again.
    valueOf(await bus.topic().configure({ commandId: 'c', settings: { maxAgeMs: 1_000 } }));
    await until(async () => valueOf(await bus.topic().view()).events === 0);
    const replay = { commandId: 'r', group: 'g', letterId: letter.letterId };
    valueOf(await bus.topic().seek({ commandId: 's', group: 'g', after: 1 }));
    expect(await bus.topic().replayDeadLetter(replay)).toMatchObject({ ok: true });
    expect(await bus.topic().replayDeadLetter(replay)).toMatchObject({ ok: true });
    expect(valueOf(await list())).toEqual([]);
    const [again] = await bus.pull('g');
    expect(again).toMatchObject({ sequence: 1, attempt: 1, event: { data: { poison: true } } });
    if (again === undefined) throw new Error('it was not replayed');
    valueOf(await bus.topic().acknowledge({ group: 'g', leases: [again] }));
    expect(await bus.pull('g')).toEqual([]);
    expect(valueOf(await list())).toEqual([]);
    const unknown = { commandId: 'u', group: 'g', letterId: 99 };
    expect(await bus.topic().replayDeadLetter(unknown)).toMatchObject({
      ok: false,
      error: { type: 'resource.not_found' },
    });
  });

  it('tell of an event that retention took before it was settled', async () => {
    const bus = createBus();
    await bus.group('g', { leaseMs: 100 });
    await bus.publish(numbered(1));
    await bus.pull('g', 1);
    valueOf(await bus.topic().configure({ commandId: 'c', settings: { maxAgeMs: 1_000 } }));
    await until(async () => valueOf(await bus.topic().view()).events === 0);
    expect(await bus.pull('g', 1)).toEqual([]);
    const letters = valueOf(await bus.topic().deadLetters({ group: 'g', after: 0, limit: 10 }));
    expect(letters).toMatchObject([{ sequence: 1, cause: expect.stringContaining('Retention') }]);
    expect(letters[0]?.event).toBeUndefined();
  });
});

describe('a group that is not there', () => {
  it('is refused by name, and so is a topic', async () => {
    const bus = createBus();
    const notFound = { ok: false, error: { type: 'resource.not_found' } };
    expect(await bus.topic().pull({ pullId: 'p', group: 'g', limit: 1 })).toMatchObject(notFound);
    await bus.publish(numbered(1));
    expect(await bus.topic().pull({ pullId: 'p', group: 'g', limit: 1 })).toMatchObject(notFound);
    expect(await bus.topic().acknowledge({ group: 'g', leases: [] })).toMatchObject(notFound);
    expect(await bus.topic().seek({ commandId: 's', group: 'g', after: 0 })).toMatchObject(notFound);
    expect(await bus.topic().deadLetters({ group: 'g', after: 0, limit: 1 })).toMatchObject(notFound);
    expect(await bus.topic().removeGroup({ commandId: 'x', group: 'g' })).toMatchObject({ value: { removed: false } });
  });
});

describe('a group of some types', () => {
  it('gets these and passes over the others, however many there are', async () => {
    const bus = createBus();
    const events = (from: number) =>
      Array.from({ length: 100 }, (_, index) => ({
        type: (from + index) % 150 === 0 ? 'rare' : 'common',
        data: from + index,
      }));
    for (let from = 1; from <= 900; from += 100) await bus.publish(events(from));
    await bus.group('rare', { types: ['rare'], maxOutstanding: 10 });
    const seen: unknown[] = [];
    for (;;) {
      const pulled = await bus.pull('rare', 2);
      if (pulled.length === 0) break;
      seen.push(...pulled.map(({ event }) => event.data));
      const leases = pulled.map(({ sequence, lease }) => ({ sequence, lease }));
      valueOf(await bus.topic().acknowledge({ group: 'rare', leases }));
    }
    expect(seen).toEqual([150, 300, 450, 600, 750, 900]);
    expect(valueOf(await bus.topic().view()).groups[0]).toMatchObject({ next: 901, lag: 0 });
  });
});
