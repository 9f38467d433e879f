/** The facts of a file in TypeScript or JavaScript, from the compiler's own parser. */
import type { DiagnosticWithLocation, Node, SourceFile } from 'typescript6';
import type { CodeEndpoint, CodeLanguage, FileFacts } from '../../../../shared/domain/code/facts.ts';
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
  const file = ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ESNext }, true);
  return factsOf(ts, file, text, language);
};

/** The parser keeps them on the file, where the public types do not show them. */
const parseProblems = (file: SourceFile): readonly DiagnosticWithLocation[] =>
  'parseDiagnostics' in file && Array.isArray(file.parseDiagnostics) ? file.parseDiagnostics : [];

const factsOf = (ts: TypeScript, file: SourceFile, text: string, language: CodeLanguage): FileFacts => {
  const lineAt = (offset: number): number => file.getLineAndCharacterOfPosition(offset).line + 1;
  const { collector, linesWithCode, identifiers } = readTokens(ts, text, file.fileName.endsWith('x'), lineAt);
  const functions = measureFunctions(ts, file);
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
    lines: countParsedLines(text, linesWithCode),
    symbols,
    functions: functions.map(({ node: _node, ...facts }) => facts),
    imports: reader.imports,
    exports: [...reader.exports, ...declared],
    endpoints,
    syntaxProblems: problems.map(({ start, messageText }) => ({
      at: positionAt(file, start),
      message: ts.flattenDiagnosticMessageText(messageText, '\n').slice(0, 500),
    })),
    identifiers,
    tokens: collector.lines,
    halsteadVolume: collector.volume,
  };
};

const walk = (
  ts: TypeScript,
  file: SourceFile,
): { readonly reader: ImportReader; readonly endpoints: readonly CodeEndpoint[] } => {
  const reader = new ImportReader(ts, file);
  const endpoints: CodeEndpoint[] = [];
  const { forEachChild, SyntaxKind } = ts;
  const passedOver = new Set<number>([
    SyntaxKind.Identifier,
    SyntaxKind.StringLiteral,
    SyntaxKind.NumericLiteral,
    SyntaxKind.PropertyAccessExpression,
    SyntaxKind.TypeReference,
    SyntaxKind.Parameter,
    SyntaxKind.Block,
    SyntaxKind.ExpressionStatement,
    SyntaxKind.VariableDeclaration,
    SyntaxKind.PropertyAssignment,
    SyntaxKind.PropertySignature,
  ]);
  const visit = (node: Node): void => {
    if (passedOver.has(node.kind)) {
      forEachChild(node, visit);
      return;
    }
    reader.read(node);
    const endpoint = readEndpoint(ts, file, node);
    if (endpoint !== undefined) endpoints.push(endpoint);
    forEachChild(node, visit);
  };
  visit(file);
  return { reader, endpoints };
};
