/** The document as a tree: sections with their paragraphs, nested lists, tables and code. */

import type { Block, SourceLine } from '../blocks/reader.ts';
import { plainInline } from '../blocks/inline.ts';

export interface ListItem {
  readonly lines: readonly SourceLine[];
  readonly line: number;
  readonly children: ListItem[];
}

export type Node =
  | { readonly kind: 'paragraph'; readonly lines: readonly SourceLine[]; readonly line: number }
  | { readonly kind: 'list'; readonly items: ListItem[]; readonly line: number }
  | Extract<Block, { kind: 'table' }>
  | Extract<Block, { kind: 'code' }>;

export interface Section {
  /** The heading of the whole document. */
  readonly isTitle: boolean;
  readonly title: string;
  readonly level: number;
  readonly line: number;
  readonly nodes: Node[];
  readonly children: Section[];
}

/** Bold text alone on a line serves many people as a heading. */
const PSEUDO_LEVEL = 7;

const asPseudoHeading = (block: Block, next: Block | undefined): string | undefined => {
  if (block.kind !== 'paragraph') return undefined;
  const text = block.lines.map((line) => line.text).join(' ');
  const bold = /^(?:\*\*|__)([^*_]{1,60})(?:\*\*|__)\s*:?\s*$/.exec(text.trim());
  if (bold !== null) return plainInline(bold[1] ?? '').replace(/:$/, '');
  const plain = /^([A-Z][\w /-]{0,30}):?$/.exec(text.trim());
  const nextIsList = next?.kind === 'item' || next?.kind === 'table';
  return plain !== null &&
    !/^(?:an?|the|each|every|all|our|it)\s/i.test(plain[1] ?? '') &&
    nextIsList &&
    text.trim().split(' ').length <= 3
    ? (plain[1] ?? '')
    : undefined;
};

const addItem = (section: Section, block: Extract<Block, { kind: 'item' }>): void => {
  const item: ListItem = { lines: block.lines, line: block.line, children: [] };
  const last = section.nodes.at(-1);
  if (block.depth === 0 || last?.kind !== 'list') {
    if (last?.kind === 'list') last.items.push(item);
    else section.nodes.push({ kind: 'list', items: [item], line: block.line });
    return;
  }
  let parent = last.items.at(-1);
  for (let depth = 1; depth < block.depth && parent !== undefined; depth += 1)
    parent = parent.children.at(-1) ?? parent;
  if (parent === undefined) last.items.push(item);
  else parent.children.push(item);
};

/** The tree of sections below an invisible root of level 0. */
export const outline = (blocks: readonly Block[]): Section => {
  const root: Section = { isTitle: false, title: '', level: 0, line: 1, nodes: [], children: [] };
  const path: Section[] = [root];
  const open = (title: string, level: number, line: number): void => {
    while (path.length > 1 && (path.at(-1)?.level ?? 0) >= level) path.pop();
    const isTitle = level === 1 && root.children.length === 0;
    const section: Section = { isTitle, title, level, line, nodes: [], children: [] };
    (path.at(-1) ?? root).children.push(section);
    path.push(section);
  };
  blocks.forEach((block, index) => {
    const pseudo = asPseudoHeading(block, blocks[index + 1]);
    if (block.kind === 'heading') open(block.text, block.level, block.line);
    else if (pseudo !== undefined) open(pseudo, PSEUDO_LEVEL, block.line);
    else if (block.kind === 'item') addItem(path.at(-1) ?? root, block);
    else (path.at(-1) ?? root).nodes.push(block);
  });
  return root;
};

/** The text of an item or paragraph on one line, as written. */
export const joinedText = (lines: readonly SourceLine[]): string =>
  lines
    .map((line) => line.text)
    .join(' ')
    .trim();
