import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { answered, askAbout } from '../testing/ask.ts';
import { EditedFile } from './edited-file.ts';

/** `edge` is in a cycle with `graph`; `leaf` is imported by it; nothing imports `alone`. */
const project = {
  'src/leaf.ts':
    'export interface Leaf { readonly size: number }\nexport const leafOf = (size: number): Leaf => ({ size });\n',
  'src/edge.ts':
    "import type { Node } from './graph.ts';\nexport const lengthOf = (node: Node): number => node.edges.length;\nexport const nameOf = (node: Node): string => node.name;\n",
  'src/graph.ts':
    "import { lengthOf } from './edge.ts';\nexport interface Node { readonly name: string; readonly edges: readonly Node[] }\nexport const weigh = (node: Node): number => {\n  return lengthOf(node);\n};\n",
  'src/alone.ts':
    "import { leafOf } from './leaf.ts';\nexport const doubled = (size: number): number => leafOf(size).size * 2;\n",
};

/** Parts of texts: right and wrong ones, such as change what others see, and such as reach out of the file. */
const parts = [
  "import { lengthOf, nameOf } from './edge.ts';",
  "import { lengthOf } from './edge.ts';",
  "import { leafOf } from './leaf.ts';",
  "import { gone } from './gone.ts';",
  'export interface Node { readonly name: string; readonly edges: readonly Node[] }',
  'export interface Node { readonly name: number; readonly edges: readonly Node[] }',
  'export interface Node { readonly more?: boolean }',
  'export const weigh = (node: Node): number => {\n  return lengthOf(node);\n};',
  'export const weigh = (node: Node): number => {\n  return nameOf(node);\n};',
  'export const weigh = (node: Node) => nameOf(node);',
  'export const label: string = nameOf({ name: 1, edges: [] });',
  'export type Map = number;',
  'export const counted = new Map<string, number>();',
  'export class Secret { readonly #value = 1; get value(): number { return this.#value; } }',
  'export const size: string = leafOf(1).size;',
  'const unused = 1;',
  '// @ts-expect-error\nexport const expected: string = 1;',
  '// @ts-expect-error\nexport const unexpected: string = "";',
  'declare global { interface Array<T> { readonly added: T } }',
  'export const added = [1].added;',
  'function broken( {',
];

const check = async (path: keyof typeof project, text: string): Promise<readonly object[]> => {
  const query = { kind: 'diagnostics', path, limit: 100 } as const;
  return answered(await askAbout(project, query, { [path]: text })).diagnostics;
};

/** The same by a check of everything, which keeps no checker. */
const checkAnew = async (path: keyof typeof project, text: string): Promise<readonly object[]> => {
  const { diagnostics } = answered(await askAbout({ ...project, [path]: text }, { kind: 'diagnostics', limit: 500 }));
  return diagnostics.filter(({ file }) => file === path);
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a file after each edit', () => {
  it.each(['src/graph.ts', 'src/alone.ts'] as const)('says of %s what a new check says', async (path) => {
    const texts = fc.array(fc.shuffledSubarray(parts, { maxLength: 6 }), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(texts, async (edits) => {
        for (const edit of edits) {
          const text = `${edit.join('\n')}\n`;
          expect(await check(path, text)).toEqual(await checkAnew(path, text));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('keeps its checker while others find in it what they found before', async () => {
    const looked = vi.spyOn(EditedFile.prototype, 'check');
    const base = project['src/graph.ts'];
    await check('src/graph.ts', base);
    const later = ['const more = 1;', 'export const more: string = 1;', 'export type Other = Node;'];
    for (const line of later) await check('src/graph.ts', base + line);
    await check('src/graph.ts', base.replace('return lengthOf(node);', 'return node.name;'));
    expect(looked.mock.results.map(({ value }) => value !== undefined)).toEqual([true, true, true, true]);
  });

  it.each([
    ['a type that others use changes', project['src/graph.ts'].replace('name: string', 'name: number')],
    ['a new name means something already', `${project['src/graph.ts']}type number = string;\n`],
    ['something global is declared', `${project['src/graph.ts']}declare global { const everywhere: 1 }\n`],
  ])('makes a new checker when %s', async (_case, text) => {
    const looked = vi.spyOn(EditedFile.prototype, 'check');
    await check('src/graph.ts', project['src/graph.ts']);
    await check('src/graph.ts', text);
    expect(looked.mock.results.at(-1)?.value).toBeUndefined();
  });

  it('sees at once that another file has changed', async () => {
    const path = 'src/alone.ts';
    const text = project[path];
    expect(await check(path, `${text}\n`)).toEqual([]);
    const changed = { ...project, 'src/leaf.ts': project['src/leaf.ts'].replaceAll('size', 'weight') };
    const query = { kind: 'diagnostics', path, limit: 100 } as const;
    const { diagnostics } = answered(await askAbout(changed, query, { [path]: `${text}\n\n` }));
    expect(diagnostics.map(({ code }) => code)).toEqual(['TS2339']);
  });
});
