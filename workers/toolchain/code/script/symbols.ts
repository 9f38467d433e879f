/** The names a script declares: at its top, in namespaces, and the members of its types. */
import type { NamedDeclaration, Node, SourceFile, VariableStatement } from 'typescript6';
import type { CodeSymbol, SymbolKind } from '../../../../shared/domain/code/facts.ts';
import type { TypeScript } from '../../check/typescript.ts';
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
  ): string => {
    const text = nameText(file, name, kind);
    const span = spanOf(file, node);
    const nameAt = positionAt(file, (name ?? node).getStart(file));
    const inside = container === undefined ? {} : { container };
    symbols.push({ name: text, kind, span, nameAt, ...inside, exported, ...documentation(ts, node) });
    return container === undefined ? text : `${container}.${text}`;
  };
  const visit = (node: Node, container: string | undefined, insideExported: boolean): void => {
    if (ts.isVariableStatement(node)) return variables(node, container);
    const kind = kindOf(ts, node);
    if (kind === undefined) return;
    // SAFETY: every kind that `kindOf` tells is a declaration with a name, or without one.
    const { name } = node as NamedDeclaration;
    const isMember = ts.isClassElement(node) || ts.isTypeElement(node) || ts.isEnumMember(node);
    const exported = isMember
      ? insideExported
      : hasExport(ts, node) || (container === undefined && name !== undefined && exportedNames.has(name.getText(file)));
    const path = add(node, name, kind, container, exported);
    for (const child of membersOf(ts, node)) visit(child, path, exported);
  };
  const variables = (statement: VariableStatement, container: string | undefined): void => {
    const isConstant = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
    for (const declaration of statement.declarationList.declarations) {
      const value = declaration.initializer;
      const isFunction = value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
      const kind = isFunction ? 'function' : isConstant ? 'constant' : 'variable';
      const exported =
        hasExport(ts, statement) || (container === undefined && exportedNames.has(declaration.name.getText(file)));
      add(declaration, declaration.name, kind, container, exported);
    }
  };
  for (const statement of file.statements) visit(statement, undefined, false);
  return symbols;
};

/** Whether a comment of the form that documents, with some text in it, stands in front of the declaration. */
const documentation = (ts: TypeScript, node: Node): Pick<CodeSymbol, 'documented'> =>
  ts.getJSDocCommentsAndTags(node).some((comment) => /[\p{L}\p{N}]/u.test(comment.getText().replaceAll(/@\w+/g, '')))
    ? { documented: true }
    : {};

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
