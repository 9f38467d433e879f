/**
 * The syntax tree of a TypeScript or JavaScript source as Babel sees it: the tree that istanbul and Stryker count on, so
 * that statements, branches and mutants mean the same here. Parts that exist only for the type checker are left out.
 */
import { parse } from '@babel/parser';
import type { Node, Program } from '@babel/types';

export type { Node, Program } from '@babel/types';

/** Longer files are built but not measured, in characters. */
const maxMeasuredCharacters = 1_000_000;

type ParsedSource =
  | { readonly ok: true; readonly program: Program; readonly comments: readonly SourceComment[] }
  | { readonly ok: false; readonly reason: string };

/** A comment with the line on which it ends. */
export interface SourceComment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly endLine: number;
}

/** Parses a module. A file that does not parse, or is too long, is told with its reason. */
export function parseSource(path: string, text: string): ParsedSource {
  if (text.length > maxMeasuredCharacters) {
    return { ok: false, reason: `the file has more than ${String(maxMeasuredCharacters)} characters` };
  }
  const isTypeScript = /\.[mc]?tsx?$/.test(path);
  try {
    const file = parse(text, {
      sourceType: 'module',
      allowReturnOutsideFunction: true,
      plugins: [...(isTypeScript ? (['typescript'] as const) : []), 'decorators'],
    });
    const comments = (file.comments ?? []).map((comment) => ({
      text: comment.value,
      start: comment.start ?? 0,
      end: comment.end ?? 0,
      endLine: comment.loc?.end.line ?? 1,
    }));
    return { ok: true, program: file.program, comments };
  } catch (cause) {
    if (cause instanceof RangeError) return { ok: false, reason: 'the file is nested too deeply to be parsed' };
    if (!(cause instanceof SyntaxError)) throw cause;
    return { ok: false, reason: `the file does not parse: ${cause.message.split('\n')[0] ?? ''}` };
  }
}

/** Nodes of TypeScript that hold code which runs. */
const runningTypeScript: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSExportAssignment',
]);

const withoutChildren: ReadonlySet<string> = new Set(['ImportDeclaration', 'ExportAllDeclaration', 'Decorator']);

/** True for what vanishes when types are stripped, and for imports, which hold nothing to measure. */
function isSkipped(node: Node): boolean {
  if (node.type.startsWith('TS')) return !runningTypeScript.has(node.type);
  if (withoutChildren.has(node.type)) return true;
  return 'declare' in node && node.declare === true;
}

const bookkeeping: ReadonlySet<string> = new Set([
  'type',
  'start',
  'end',
  'loc',
  'extra',
  'range',
  'leadingComments',
  'innerComments',
  'trailingComments',
  'directives',
  'errors',
]);

/** A node, the one around it, and the name of the field under which it stands there. */
export interface Place<Of extends Node = Node> {
  readonly node: Of;
  readonly parent: Place | undefined;
  readonly field: string;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Visits every running node, the outer before the inner, in the order of the text. `enter` may leave out what is inside. */
export function walk(program: Program, enter: (place: Place) => 'skip' | undefined): void {
  visit({ node: program, parent: undefined, field: '' }, enter);
}

function visit(place: Place, enter: (place: Place) => 'skip' | undefined): void {
  if (isSkipped(place.node) || enter(place) === 'skip') return;
  for (const [field, value] of Object.entries(place.node)) {
    if (typeof value !== 'object' || value === null || bookkeeping.has(field)) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit({ node: item, parent: place, field }, enter);
    } else if (isNode(value)) {
      visit({ node: value, parent: place, field }, enter);
    }
  }
}

/** Offsets of a node; Babel's types allow their absence, its parser never leaves them out. */
export function startOf(node: Node): number {
  return node.start ?? 0;
}

export function endOf(node: Node): number {
  return node.end ?? 0;
}

/** A name that starts like `stem` and stands nowhere in the text, whatever escapes it was written with. */
export function freeName(text: string, stem: string): string {
  const plain = text.replaceAll(
    /\\u(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4}))/g,
    (whole, long?: string, short?: string) => {
      const code = Number.parseInt(long ?? short ?? '0', 16);
      return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
    },
  );
  let name = stem;
  while (text.includes(name) || plain.includes(name)) name += '_';
  return name;
}
