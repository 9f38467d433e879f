/** The facts of a file in TypeScript or JavaScript, from the compiler's own parser. */
import type { DiagnosticWithLocation, Node, SourceFile } from 'typescript6';
import type {
  CodeEndpoint,
  CodeLanguage,
  FileFacts,
  FileMeasures,
  FileStructure,
} from '../../../../shared/domain/code/facts.ts';
import { countParsedLines } from '../../../../shared/domain/code/lines.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { measureFunctions } from './complexity.ts';
import { readEndpoint } from './endpoints.ts';
import { ImportReader } from './imports.ts';
import { positionAt } from './place.ts';
import { readSymbols } from './symbols.ts';
import { readTokens } from './tokens.ts';

/** Parses a file alone. What does not parse gives the facts of the rest, and the places of what is wrong. */
export const scriptFacts = (ts: TypeScript, path: string, text: string, language: CodeLanguage): FileFacts => {
  const file = parse(ts, path, text, true);
  return { ...structureOf(ts, file, language), ...measuresOf(ts, file) };
};

/** The same without what is measured. */
export const scriptStructure = (ts: TypeScript, path: string, text: string, language: CodeLanguage): FileStructure =>
  structureOf(ts, parse(ts, path, text, false), language);

/** Comments are not parsed: those that document are found by their places. */
const parse = (ts: TypeScript, path: string, text: string, setParentNodes: boolean): SourceFile => {
  const { ParseNone } = ts.JSDocParsingMode;
  const settings = { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ParseNone };
  return ts.createSourceFile(path, text, settings, setParentNodes);
};

/** The parser keeps them on the file, where the public types do not show them. */
const parseProblems = (file: SourceFile): readonly DiagnosticWithLocation[] =>
  'parseDiagnostics' in file && Array.isArray(file.parseDiagnostics) ? file.parseDiagnostics : [];

const structureOf = (ts: TypeScript, file: SourceFile, language: CodeLanguage): FileStructure => {
  const { reader, endpoints } = walk(ts, file);
  const exportedNames = new Set(
    reader.exports.flatMap(({ local, name, from }) => (from === undefined ? [local ?? name] : [])),
  );
  const symbols = readSymbols(ts, file, exportedNames);
  const declared = symbols.flatMap(({ name, exported, container, nameAt }) =>
    exported && container === undefined && !exportedNames.has(name) ? [{ name, line: nameAt.line }] : [],
  );
  const problems = parseProblems(file).slice(0, 50);
  return {
    language,
    depth: 'parsed',
    ...(problems.length === 0 ? {} : { note: 'The file does not parse: what stands around the errors is told.' }),
    symbols,
    imports: reader.imports,
    exports: [...reader.exports, ...declared],
    endpoints,
    syntaxProblems: problems.map(({ start, messageText }) => ({
      at: positionAt(file, start),
      message: ts.flattenDiagnosticMessageText(messageText, '\n').slice(0, 500),
    })),
    identifiers: new Set(),
  };
};

const measuresOf = (ts: TypeScript, file: SourceFile): FileMeasures => {
  const { text } = file;
  const lineAt = (offset: number): number => file.getLineAndCharacterOfPosition(offset).line + 1;
  const { collector, linesWithCode } = readTokens(ts, text, file.fileName.endsWith('x'), lineAt);
  return {
    lines: countParsedLines(text, linesWithCode),
    functions: measureFunctions(ts, file).map(({ node: _node, ...facts }) => facts),
    tokens: collector.lines,
    halsteadVolume: collector.volume,
  };
};

let kinds: ReadonlySet<number> | undefined;

/** Nodes of every other kind are no import, export or endpoint: nearly all of them, passed over by their number. */
const kindsThatTell = ({ SyntaxKind }: TypeScript): ReadonlySet<number> => {
  kinds ??= new Set([
    SyntaxKind.ImportDeclaration,
    SyntaxKind.ImportEqualsDeclaration,
    SyntaxKind.ImportType,
    SyntaxKind.ExportDeclaration,
    SyntaxKind.ExportAssignment,
    SyntaxKind.CallExpression,
    SyntaxKind.BinaryExpression,
    SyntaxKind.ObjectLiteralExpression,
  ]);
  return kinds;
};

const walk = (
  ts: TypeScript,
  file: SourceFile,
): { readonly reader: ImportReader; readonly endpoints: readonly CodeEndpoint[] } => {
  const reader = new ImportReader(ts, file);
  const endpoints: CodeEndpoint[] = [];
  const { forEachChild } = ts;
  const told = kindsThatTell(ts);
  let parent: Node = file;
  const visit = (node: Node): void => {
    const outside = parent;
    if (told.has(node.kind)) {
      reader.read(node, outside);
      const endpoint = readEndpoint(ts, file, node);
      if (endpoint !== undefined) endpoints.push(endpoint);
    }
    parent = node;
    forEachChild(node, visit);
    parent = outside;
  };
  visit(file);
  return { reader, endpoints };
};
