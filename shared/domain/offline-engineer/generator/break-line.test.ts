import { describe, expect, it } from 'vitest';
import { breakLine } from './break-line.ts';

const long = 'x'.repeat(60);

describe('breaking long lines', () => {
  it('leaves short lines and comments alone', () => {
    expect(breakLine('call(a, b);')).toBe('call(a, b);');
    expect(breakLine(` * ${long} (${long}, ${long})`)).toBe(` * ${long} (${long}, ${long})`);
  });

  it('puts one argument a line', () => {
    expect(breakLine(`  call('${long}', '${long}');`)).toBe(`  call(\n    '${long}',\n    '${long}',\n  );`);
  });

  it('opens a last object at the end of the line', () => {
    expect(breakLine(`call(a, { first: '${long}', second: '${long}' });`)).toBe(
      `call(a, {\n  first: '${long}',\n  second: '${long}',\n});`,
    );
  });

  it('takes brackets and commas inside of quotes for what they are', () => {
    const text = `'(${long}, ${long}'`;
    expect(breakLine(`call(first, ${text});`)).toBe(`call(\n  first,\n  ${text},\n);`);
  });
});
