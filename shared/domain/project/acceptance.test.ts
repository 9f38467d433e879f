import { describe, expect, it } from 'vitest';
import type { AcceptanceCheck } from '../../rpc/project.ts';
import { fillIn, judgeCheck } from './acceptance.ts';

const check = (over: Partial<AcceptanceCheck> = {}): AcceptanceCheck => ({
  criterion: 'a book is kept',
  method: 'POST',
  path: '/books',
  expectStatus: 201,
  ...over,
});

const answer = (status: number, body: string) => ({ status, headers: {}, body, truncated: false, durationMs: 1 });

describe('judgeCheck', () => {
  it('captures values by path, also out of lists', () => {
    const outcome = judgeCheck(
      check({ capture: { id: 'items.0.id', total: 'total' } }),
      answer(201, '{"items":[{"id":"b1"}],"total":3}'),
      { before: 'x' },
    );
    expect(outcome).toEqual({ captured: { before: 'x', id: 'b1', total: '3' } });
  });

  it('fails on another status and shows the answer', () => {
    expect(judgeCheck(check(), answer(500, 'broken'), {}).failure).toContain('answered 500 instead of 201: broken');
  });

  it('fails when a value to capture is missing or the answer is no JSON', () => {
    expect(judgeCheck(check({ capture: { id: 'id' } }), answer(201, '{}'), {}).failure).toContain('no value at id');
    expect(judgeCheck(check({ capture: { id: 'id' } }), answer(201, '<html>'), {}).failure).toContain('no value at id');
    expect(judgeCheck(check({ capture: { id: '__proto__.x' } }), answer(201, '{}'), {}).failure).toContain('no value');
  });

  it('fails when the text is not there, after filling in', () => {
    expect(judgeCheck(check({ expectContains: '{id}' }), answer(201, 'b1'), { id: 'b1' }).failure).toBeUndefined();
    expect(judgeCheck(check({ expectContains: '{id}' }), answer(201, 'b2'), { id: 'b1' }).failure).toContain('b1');
  });
});

describe('fillIn', () => {
  it('replaces known names and leaves the rest', () => {
    expect(fillIn('/books/{id}/{other}?q={"a":1}', { id: '7' })).toBe('/books/7/{other}?q={"a":1}');
  });
});
