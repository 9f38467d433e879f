/** The names a script declares: at its top, in namespaces, and the members of its types. */
import type { NamedDeclaration, Node, SourceFile, VariableStatement } from 'typescript6';
import type { CodeSymbol, SymbolKind } from '../../../../shared/domain/code/facts.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { isExplained } from './documented.ts';
import { positionAt, spanOf } from './place.ts';

/** In the order of the text. `exportedNames` are those that the file exports apart from their declaration. */
export const readSymbols = (
  ts: TypeScript,
  file: SourceFile,
  exportedNames: ReadonlySet<string>,
): readonly CodeSymbol[] => {
  const symbols: CodeSymbol[] = [];
  const add = (
    node: Node,
    name: Node | undefined,
    kind: SymbolKind,
    container: string | undefined,
    exported: boolean,
    documented: boolean,
  ): string => {
    const text = nameText(file, name, kind);
    const span = spanOf(file, node);
    const nameAt = positionAt(file, (name ?? node).getStart(file));
    const inside = container === undefined ? {} : { container };
    symbols.push({ name: text, kind, span, nameAt, ...inside, exported, ...(documented ? { documented } : {}) });
    return container === undefined ? text : `${container}.${text}`;
  };
  const visit = (node: Node, container: string | undefined, insideExported: boolean, whole: Node): void => {
    if (ts.isVariableStatement(node)) return variables(node, container);
    const kind = kindOf(ts, node);
    if (kind === undefined) return;
    // SAFETY: every kind that `kindOf` tells is a declaration with a name, or without one.
    const { name } = node as NamedDeclaration;
    const isMember = ts.isClassElement(node) || ts.isTypeElement(node) || ts.isEnumMember(node);
    const exported = isMember
      ? insideExported
      : hasExport(ts, node) || (container === undefined && name !== undefined && exportedNames.has(name.getText(file)));
    const value = ts.isPropertyDeclaration(node) || ts.isEnumMember(node) ? node.initializer : undefined;
    const path = add(node, name, kind, container, exported, isExplained(ts, file, [whole], value));
    // `module a.b` is two modules, and what stands in front explains both.
    for (const child of membersOf(ts, node)) visit(child, path, exported, isBody(node, child) ? whole : child);
  };
  const variables = (statement: VariableStatement, container: string | undefined): void => {
    const isConstant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    const { declarations } = statement.declarationList;
    for (const declaration of declarations) {
      const value = declaration.initializer;
      const isFunction = value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
      const kind = isFunction ? 'function' : isConstant ? 'constant' : 'variable';
      const exported =
        hasExport(ts, statement) || (container === undefined && exportedNames.has(declaration.name.getText(file)));
      const places = declaration === declarations[0] ? [declaration, statement] : [declaration];
      add(declaration, declaration.name, kind, container, exported, isExplained(ts, file, places, value));
    }
  };
  for (const statement of file.statements) visit(statement, undefined, false, statement);
  return symbols;
};

const isBody = (node: Node, child: Node): boolean => 'body' in node && node.body === child;

/** What has no name is a constructor or a default export. */
const nameText = (file: SourceFile, name: Node | undefined, kind: SymbolKind): string => {
  if (name !== undefined) return name.getText(file).slice(0, 200);
  return kind === 'constructor' ? 'constructor' : 'default';
};

const hasExport = (ts: TypeScript, node: Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const kindOf = (ts: TypeScript, node: Node): SymbolKind | undefined => {
  if (ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) return 'class';
  if (ts.isInterfaceDeclaration(node)) return 'interface';
  if (ts.isTypeAliasDeclaration(node)) return 'type';
  if (ts.isEnumDeclaration(node)) return 'enum';
  if (ts.isModuleDeclaration(node)) return 'module';
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) return 'method';
  const isField =
    ts.isPropertyDeclaration(node) || ts.isPropertySignature(node) || ts.isEnumMember(node) || ts.isAccessor(node);
  return isField ? 'field' : undefined;
};

const membersOf = (ts: TypeScript, node: Node): readonly Node[] => {
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isEnumDeclaration(node))
    return [...node.members];
  if (!ts.isModuleDeclaration(node) || node.body === undefined) return [];
  return ts.isModuleBlock(node.body) ? [...node.body.statements] : [node.body];
};
