/**
 * What other files can see of a module: its statements without the bodies of functions whose results are written down.
 * Two texts of a module with the same shape mean the same to everybody who imports it.
 */
import type { Node, SourceFile, Statement } from 'typescript6';
import type { TypeScript } from '../../check/typescript.ts';

interface ShapedStatement {
  readonly text: string;
  /** The names that it declares or imports; undefined when these are not told by it alone (`export * from`). */
  readonly names: readonly string[] | undefined;
}

export interface DeclaredShape {
  readonly statements: readonly ShapedStatement[];
  /** All names and words in the statements. */
  readonly words: ReadonlySet<string>;
  /** Declares a type that equals no other one of the same form: an enum, private members, a unique symbol. */
  readonly isNominal: boolean;
}

export const shapeOf = (ts: TypeScript, file: SourceFile): DeclaredShape => {
  const statements = file.statements.map((statement): ShapedStatement => ({
    text: shapedText(ts, file, statement),
    names: namesOf(ts, statement),
  }));
  const text = statements.map((statement) => statement.text).join('\n');
  return {
    statements,
    words: new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu)),
    isNominal: /\b(?:private|protected|enum|unique\s+symbol)\b|\bSymbol\s*\(|#[\p{ID_Start}$_]/u.test(text),
  };
};

/**
 * Whether files that take the names `imported` (`*`: all there are) from the one shape would find the same in the other.
 * Statements may be added when their names meant nothing before, to others or in the shape itself.
 */
export const keepsShape = (known: DeclaredShape, other: DeclaredShape, imported: ReadonlySet<string>): boolean => {
  if (known.isNominal) return false;
  let found = 0;
  for (const { text, names } of other.statements) {
    if (text === known.statements[found]?.text) found += 1;
    else if (imported.has('*') || names === undefined) return false;
    else if (names.some((name) => known.words.has(name) || imported.has(name))) return false;
  }
  return found === known.statements.length;
};

const shapedText = (ts: TypeScript, file: SourceFile, statement: Statement): string => {
  let text = '';
  let at = statement.getStart(file);
  const visit = (node: Node): void => {
    const body = hiddenBody(ts, node);
    if (body === undefined) {
      ts.forEachChild(node, visit);
      return;
    }
    ts.forEachChild(node, (child) => {
      if (child !== body) visit(child);
    });
    text += `${file.text.slice(at, body.getStart(file))}{}`;
    at = body.end;
  };
  visit(statement);
  return text + file.text.slice(at, statement.end);
};

/** A body that cannot change what the function is to others. */
const hiddenBody = (ts: TypeScript, node: Node): Node | undefined => {
  const isFunction =
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node);
  return isFunction && node.type !== undefined ? node.body : undefined;
};

const namesOf = (ts: TypeScript, statement: Statement): readonly string[] | undefined => {
  if (ts.isVariableStatement(statement)) {
    const { declarations } = statement.declarationList;
    const names = declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
    return names.length === declarations.length ? names : undefined;
  }
  if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    const bindings = clause?.namedBindings;
    const named = bindings === undefined ? [] : ts.isNamedImports(bindings) ? [...bindings.elements] : [bindings];
    const names = [clause?.name, ...named.map(({ name }) => name)];
    return names.flatMap((name) => (name === undefined ? [] : [name.text]));
  }
  const isDeclaration =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isDeclaration && statement.name !== undefined ? [statement.name.text] : undefined;
};
