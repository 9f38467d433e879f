/** From our answers to the words of the protocol. */
import type { CodeLocation, FileEdits, FileOutline, TextEdit } from '../../rpc/code.ts';
import type { Diagnostic } from '../../rpc/toolchain.ts';
import type { LspPosition, LspRange } from '../../protocol/language-server.ts';
import type { CodeSymbol, Position, Span } from '../code/facts.ts';
import type { DocumentUris } from './uris.ts';

/** Ours count from 1. */
export const toPosition = ({ line, column }: Position): LspPosition => ({ line: line - 1, character: column - 1 });
export const fromPosition = ({ line, character }: LspPosition): Position => ({ line: line + 1, column: character + 1 });
const toRange = ({ start, end }: Span): LspRange => ({ start: toPosition(start), end: toPosition(end) });

export const toLocation = (uris: DocumentUris, { path, span }: CodeLocation) => ({
  uri: uris.uri(path),
  range: toRange(span),
});

const toTextEdit = ({ span, newText }: TextEdit) => ({ range: toRange(span), newText });

export const toTextEdits = (edits: readonly TextEdit[]) => edits.map(toTextEdit);

export const toWorkspaceEdit = (uris: DocumentUris, files: readonly FileEdits[]) => ({
  changes: Object.fromEntries(files.map(({ path, edits }) => [uris.uri(path), toTextEdits(edits)])),
});

export const toHover = ({
  signature,
  documentation,
  span,
}: {
  readonly signature?: string;
  readonly documentation?: string;
  readonly span?: Span;
}) => {
  if (signature === undefined) return null;
  // A fence longer than any in the text cannot be closed by it.
  const fence = '`'.repeat(Math.max(3, ...[...signature.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  const value = `${fence}typescript\n${signature}\n${fence}${documentation === undefined ? '' : `\n\n${documentation}`}`;
  return { contents: { kind: 'markdown', value }, ...(span === undefined ? {} : { range: toRange(span) }) };
};

/** Where only the start is known, the range is empty: editors mark the word there. */
export const toDiagnostic = ({ line, column, code, message, severity }: Diagnostic) => {
  const at = toPosition({ line, column });
  return { range: { start: at, end: at }, severity: severity === 'error' ? 1 : 2, code, source: 'aidevos', message };
};

/** Numbers of `SymbolKind`. */
const symbolKinds: Readonly<Record<CodeSymbol['kind'], number>> = {
  module: 2,
  class: 5,
  method: 6,
  field: 8,
  constructor: 9,
  enum: 10,
  interface: 11,
  function: 12,
  variable: 13,
  constant: 14,
  type: 26,
};

interface DocumentSymbol {
  readonly name: string;
  readonly kind: number;
  readonly range: LspRange;
  readonly selectionRange: LspRange;
  readonly children: DocumentSymbol[];
}

const nameRange = ({ nameAt, name }: CodeSymbol): LspRange => {
  const start = toPosition(nameAt);
  return { start, end: { line: start.line, character: start.character + name.length } };
};

/** The outline as a tree: members below what they stand in. */
export const toDocumentSymbols = (outline: FileOutline): readonly DocumentSymbol[] => {
  const roots: DocumentSymbol[] = [];
  const byPath = new Map<string, DocumentSymbol>();
  for (const symbol of outline.symbols) {
    const { name, kind, span, container } = symbol;
    const node = {
      name: name === '' ? '(nameless)' : name,
      kind: symbolKinds[kind],
      range: toRange(span),
      selectionRange: nameRange(symbol),
      children: [],
    };
    byPath.set(container === undefined ? name : `${container}.${name}`, node);
    const parent = container === undefined ? undefined : byPath.get(container);
    (parent?.children ?? roots).push(node);
  }
  return roots;
};

export const toSymbolInformation = (uris: DocumentUris, symbol: CodeSymbol & { readonly path: string }) => ({
  name: symbol.name,
  kind: symbolKinds[symbol.kind],
  location: { uri: uris.uri(symbol.path), range: nameRange(symbol) },
  ...(symbol.container === undefined ? {} : { containerName: symbol.container }),
});

/** Numbers of `CompletionItemKind` for the words of the compiler; 6 is a variable. */
const completionKinds: Readonly<Record<string, number>> = {
  method: 2,
  function: 3,
  'local function': 3,
  constructor: 4,
  property: 5,
  getter: 5,
  setter: 5,
  class: 7,
  interface: 8,
  module: 9,
  enum: 13,
  keyword: 14,
  'enum member': 20,
  const: 21,
  type: 25,
  alias: 18,
};

export const toCompletionItem = (item: {
  readonly name: string;
  readonly kind: string;
  readonly sortText: string;
  readonly insertText?: string;
}) => ({
  label: item.name,
  kind: completionKinds[item.kind] ?? 6,
  sortText: item.sortText,
  ...(item.insertText === undefined ? {} : { insertText: item.insertText }),
});
