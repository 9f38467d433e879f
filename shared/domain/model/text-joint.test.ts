import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextJoint } from './text-joint.ts';

const cut = (text: string, sizes: readonly number[]): readonly string[] => {
  const pieces: string[] = [];
  let rest = text;
  for (const size of sizes) {
    pieces.push(rest.slice(0, size));
    rest = rest.slice(size);
  }
  return [...pieces, rest];
};

describe('TextJoint', () => {
  it('passes on exactly what follows the text so far, however a replay is cut', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(fc.nat(5)), (said, more, sizes) => {
        const joint = new TextJoint('replay', said);
        const passed = cut(said + more, sizes).map((piece) => joint.add(piece));
        expect(passed.join('')).toBe(more);
        expect(joint.isJoined).toBe(true);
      }),
    );
  });

  it('sees a replay that says something else', () => {
    const joint = new TextJoint('replay', 'one two');
    expect(joint.add('one')).toBe('');
    expect(joint.isJoined).toBe(false);
    expect(joint.add(' six')).toBeUndefined();
  });

  it.each([
    ['one two', ['three'], 'three'],
    ['one two ', [' three'], 'three'],
    ['one two ', ['three'], 'three'],
    ['one two\n\n', ['\n', '\n', 'three'], 'three'],
    ['one two', [' three'], ' three'],
  ])('continues %j with %j', (said, pieces, more) => {
    const joint = new TextJoint('continuation', said);
    expect(pieces.map((piece) => joint.add(piece)).join('')).toBe(more);
    expect(joint.isJoined).toBe(true);
  });
});
