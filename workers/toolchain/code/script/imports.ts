/** What a script takes from other modules and gives to them. */
import type {
  BinaryExpression,
  CallExpression,
  ExportDeclaration,
  ImportDeclaration,
  Node,
  SourceFile,
} from 'typescript6';
import type { CodeExport, CodeImport } from '../../../../shared/domain/code/facts.ts';
import type { TypeScript } from '../../check/typescript.ts';
import { positionAt } from './place.ts';

type Names = CodeImport['names'];

/** Collects the imports of one file, node by node. */
export class ImportReader {
  readonly imports: CodeImport[] = [];
  readonly exports: CodeExport[] = [];
  readonly #ts: TypeScript;
  readonly #file: SourceFile;

  constructor(ts: TypeScript, file: SourceFile) {
    this.#ts = ts;
    this.#file = file;
  }

  /** `parent` is what the node stands in: files are parsed without links to it. */
  read(node: Node, parent: Node): void {
    const ts = this.#ts;
    // The most frequent ones first.
    if (ts.isCallExpression(node)) this.#call(node, parent);
    else if (ts.isBinaryExpression(node)) this.#commonJsExport(node);
    else if (ts.isImportDeclaration(node)) this.#importDeclaration(node);
    else if (ts.isExportDeclaration(node)) this.#exportDeclaration(node);
    else if (ts.isImportEqualsDeclaration(node)) {
      if (!ts.isExternalModuleReference(node.moduleReference)) return;
      const names = [{ imported: '*', local: node.name.text }];
      this.#add(node, node.moduleReference.expression, node.isTypeOnly ? 'type' : 'require', names);
    } else if (ts.isImportTypeNode(node)) {
      const literal = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
      if (literal !== undefined) this.#add(node, literal, 'type', []);
    } else if (ts.isExportAssignment(node)) this.exports.push({ name: 'default', line: this.#line(node) });
  }

  #line(node: Node): number {
    return positionAt(this.#file, node.getStart(this.#file)).line;
  }

  #add(node: Node, specifier: Node, kind: CodeImport['kind'], names: Names): void {
    if (!this.#ts.isStringLiteralLike(specifier)) return;
    this.imports.push({ specifier: specifier.text, kind, line: this.#line(node), names });
  }

  #importDeclaration(node: ImportDeclaration): void {
    const ts = this.#ts;
    const clause = node.importClause;
    const names: { imported: string; local: string }[] = [];
    if (clause?.name !== undefined) names.push({ imported: 'default', local: clause.name.text });
    const bindings = clause?.namedBindings;
    if (bindings !== undefined && ts.isNamespaceImport(bindings))
      names.push({ imported: '*', local: bindings.name.text });
    if (bindings !== undefined && ts.isNamedImports(bindings)) {
      for (const { name, propertyName } of bindings.elements)
        names.push({ imported: (propertyName ?? name).text, local: name.text });
    }
    const isType = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    this.#add(node, node.moduleSpecifier, isType ? 'type' : 'static', names);
  }

  #exportDeclaration(node: ExportDeclaration): void {
    const ts = this.#ts;
    const line = this.#line(node);
    const specifier = node.moduleSpecifier;
    const from = specifier !== undefined && ts.isStringLiteralLike(specifier) ? { from: specifier.text } : {};
    const clause = node.exportClause;
    const names: { imported: string; local: string }[] = [];
    if (clause === undefined) {
      this.exports.push({ name: '*', line, imported: '*', ...from });
      names.push({ imported: '*', local: '*' });
    } else if (ts.isNamespaceExport(clause)) {
      this.exports.push({ name: clause.name.text, line, imported: '*', ...from });
      names.push({ imported: '*', local: clause.name.text });
    } else {
      for (const { name, propertyName } of clause.elements) {
        const imported = (propertyName ?? name).text;
        this.exports.push({ name: name.text, line, local: imported, imported, ...from });
        names.push({ imported, local: name.text });
      }
    }
    if (specifier !== undefined) this.#add(node, specifier, 'reexport', names);
  }

  #call(node: CallExpression, parent: Node): void {
    const ts = this.#ts;
    const [first] = node.arguments;
    if (first === undefined) return;
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) this.#add(node, first, 'dynamic', []);
    else if (ts.isIdentifier(node.expression) && node.expression.text === 'require')
      this.#add(node, first, 'require', this.#namesOfRequire(parent));
  }

  /** `const { a, b: c } = require('x')` and `require('x').a`; anything else takes all of it. */
  #namesOfRequire(parent: Node): Names {
    const ts = this.#ts;
    if (ts.isPropertyAccessExpression(parent)) return [{ imported: parent.name.text, local: parent.name.text }];
    if (!ts.isVariableDeclaration(parent)) return [{ imported: '*', local: '*' }];
    if (ts.isIdentifier(parent.name)) return [{ imported: '*', local: parent.name.text }];
    return parent.name.elements.flatMap((element) => {
      if (!ts.isBindingElement(element) || !ts.isIdentifier(element.name)) return [];
      const { propertyName, name } = element;
      const imported = propertyName !== undefined && ts.isIdentifier(propertyName) ? propertyName.text : name.text;
      return [{ imported, local: name.text }];
    });
  }

  /** `exports.a = …`, `module.exports.a = …` and `module.exports = …`. */
  #commonJsExport(node: BinaryExpression): void {
    const ts = this.#ts;
    if (!ts.isPropertyAccessExpression(node.left) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return;
    const owner = node.left.expression.getText(this.#file);
    const name = node.left.name.text;
    const line = this.#line(node);
    if (owner === 'exports' || owner === 'module.exports') this.exports.push({ name, line });
    if (owner !== 'module' || name !== 'exports') return;
    if (!ts.isObjectLiteralExpression(node.right)) {
      this.exports.push({ name: 'default', line });
      return;
    }
    for (const { name: property } of node.right.properties)
      if (property !== undefined) this.exports.push({ name: property.getText(this.#file), line });
  }
}
