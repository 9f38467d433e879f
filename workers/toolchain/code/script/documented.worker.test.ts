import ts from 'typescript6';
import { describe, expect, it } from 'vitest';
import { scriptFacts, scriptStructure } from './facts.ts';
import { spanOf } from './place.ts';

const written = `/** The file. */
import { a } from './a.ts';
/** Said of both. */
export const first = 1, second = 2;
/** Not the nearest. */
/** The nearest. */
export function near(): void {}
/** @internal */
export function tagged(): void {}
/** @deprecated since the next one */
export function explainedTag(): void {}
/***/ export function empty(): void {}
/**/ export function plain(): void {}
// A remark.
export function remarked(): void {}
export const value = /** What it does. */ () => a;
export const cast = /** @type {number} */ (a);
export const bracketed = /** A remark. */ (a);
export const made = /** A class. */ class {};
export const list = /** No home for it. */ [a];
let /** On its line. */ third = 3, /** Behind a comma. */ fourth = 4;
/** A kind. */
export enum Kind {
  /** One. */
  One,
  Two = /** Two. */ (2),
}
/** Things. */
export interface Things {
  /** Read. */
  read(): void;
  write(): void; /** Behind another on its line. */ readonly length: number;
}
/** A thing. */
export class Thing {
  /** Held. */
  held = 1;
  other = /** Called. */ () => 2;
  /** Made. */
  constructor() {}
  /** Got. */
  get got(): number { return 1 }
  static { this.name; }
}
/** Of both modules. */
declare module outer.inner {
  /** Within. */
  const within: 1;
  const without: 2;
}
export type Naked = string;
/** Ünïcode */
export default function (): void {}
`;

/** What the compiler itself finds when it parses comments. */
const documentedByCompiler = (text: string): ReadonlySet<string> => {
  const file = ts.createSourceFile('file.ts', text, { languageVersion: ts.ScriptTarget.ESNext }, true);
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const isText = (comment: ts.Node): boolean => /[\p{L}\p{N}]/u.test(comment.getText().replaceAll(/@\w+/g, ''));
    if (ts.getJSDocCommentsAndTags(node).some(isText)) found.add(JSON.stringify(spanOf(file, node)));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

describe('what a script declares', () => {
  it('is documented where the compiler finds a comment that documents', () => {
    const { symbols } = scriptStructure(ts, 'file.ts', written, 'typescript');
    const byCompiler = documentedByCompiler(written);
    for (const symbol of symbols)
      expect(`${symbol.name} ${String(symbol.documented === true)}`).toBe(
        `${symbol.name} ${String(byCompiler.has(JSON.stringify(symbol.span)))}`,
      );
    expect(symbols.filter(({ documented }) => documented !== true).map(({ name }) => name)).toEqual([
      'second',
      'tagged',
      'empty',
      'plain',
      'remarked',
      'cast',
      'made',
      'list',
      'write',
      'length',
      'without',
      'Naked',
    ]);
  });

  it('is the same with measures and without', () => {
    const text = `${written}const { b, c: d } = require('b');\nrequire('e').f;\napp.get('/x', () => 1);\nbroken(`;
    const { lines, functions, tokens, halsteadVolume, ...structure } = scriptFacts(ts, 'file.ts', text, 'typescript');
    expect(scriptStructure(ts, 'file.ts', text, 'typescript')).toEqual(structure);
    expect(lines.total).toBeGreaterThan(40);
    expect(functions.length).toBeGreaterThan(5);
    expect(tokens.length + halsteadVolume).toBeGreaterThan(100);
    expect(structure.imports.slice(1).map(({ specifier, names }) => [specifier, names.length])).toEqual([
      ['b', 2],
      ['e', 1],
    ]);
    expect(structure.endpoints).toHaveLength(1);
    expect(structure.syntaxProblems).toHaveLength(1);
  });
});
