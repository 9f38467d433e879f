import { describe, expect, it } from 'vitest';
import type { KeptItem } from './stored-input.ts';
import { maxRememberedLength, TurnMemories } from './turn-memory.ts';

const said = (content: string): readonly KeptItem[] => [{ type: 'message', role: 'user', content }];

describe('what a connection remembers', () => {
  it('is the last answer of each lane, for every lane', () => {
    const memories = new TurnMemories();
    memories.of('a').keep('resp_1', said('one'));
    memories.of('b').keep('resp_2', said('two'));
    memories.of('a').keep('resp_3', said('three'));
    const { find } = memories.of('c');
    expect([find('resp_1'), find('resp_2'), find('resp_3')]).toEqual([undefined, said('two'), said('three')]);
  });

  it('is forgotten by its id alone', () => {
    const memories = new TurnMemories();
    memories.of('a').keep('resp_1', said('one'));
    memories.forget('resp_2');
    expect(memories.of('a').find('resp_1')).toEqual(said('one'));
    memories.forget('resp_1');
    expect(memories.of('a').find('resp_1')).toBeUndefined();
  });

  it('has a size: the quiet lanes make room, and what is larger than all of it is not kept', () => {
    const memories = new TurnMemories();
    const half = 'x'.repeat(maxRememberedLength / 2 - 100);
    memories.of('a').keep('resp_1', said(half));
    memories.of('b').keep('resp_2', said(half));
    memories.of('a').keep('resp_3', said(half));
    memories.of('c').keep('resp_4', said(half));
    const { find } = memories.of('');
    expect(['resp_2', 'resp_3', 'resp_4'].map((id) => find(id) !== undefined)).toEqual([false, true, true]);
    memories.of('c').keep('resp_5', said('x'.repeat(maxRememberedLength)));
    expect([find('resp_4'), find('resp_5')]).toEqual([undefined, undefined]);
    expect(find('resp_3')).toBeDefined();
  });
});
