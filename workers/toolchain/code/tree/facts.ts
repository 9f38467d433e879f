/** The facts of a file from its syntax tree. */
import type { Node, Tree } from 'web-tree-sitter';
import type {
  CodeCall,
  CodeEndpoint,
  CodeFunction,
  CodeImport,
  CodeSymbol,
  FileFacts,
  Position,
  SyntaxProblem,
} from '../../../../shared/domain/code/facts.ts';
import { countParsedLines } from '../../../../shared/domain/code/lines.ts';
import { TokenCollector } from '../../../../shared/domain/code/tokens.ts';
import { field, type Grammar } from './grammar.ts';
import { cognitiveOf, cyclomaticOf } from './measure.ts';

const mostProblems = 50;
const typeKinds: ReadonlySet<string> = new Set(['class', 'interface', 'enum']);

const startOf = (node: Node): Position => ({ line: node.startPosition.row + 1, column: node.startPosition.column + 1 });
const endOf = (node: Node): Position => ({ line: node.endPosition.row + 1, column: node.endPosition.column + 1 });

interface Around {
  readonly container: string | undefined;
  readonly inType: boolean;
  /** Index of the function around, -1 outside of all. */
  readonly within: number;
}

/** Collects everything in one walk. */
class TreeReader {
  readonly symbols: CodeSymbol[] = [];
  readonly functions: CodeFunction[] = [];
  readonly imports: CodeImport[] = [];
  readonly calls: CodeCall[] = [];
  readonly endpoints: CodeEndpoint[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly identifiers = new Set<string>();
  readonly linesWithCode = new Set<number>();
  readonly collector = new TokenCollector();
  packageName: string | undefined;
  readonly #grammar: Grammar;

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  visit(node: Node, around: Around): void {
    if (node.type.includes('comment')) return;
    if ((node.isError || node.isMissing) && this.problems.length < mostProblems) this.#problem(node);
    if (node.childCount === 0) {
      this.#token(node);
      return;
    }
    const grammar = this.#grammar;
    const { line } = startOf(node);
    for (const found of grammar.imports(node)) this.imports.push({ ...found, line });
    const endpoint = grammar.endpoint?.(node);
    if (endpoint !== undefined) this.endpoints.push({ ...endpoint, line });
    this.packageName ??= grammar.packageName?.(node);
    this.#call(node, around.within);
    const inside = this.#enter(node, around);
    for (const child of node.children) if (child !== null) this.visit(child, inside);
  }

  #enter(node: Node, around: Around): Around {
    // Locals are no symbols: of what stands in functions, only their names go on.
    const isLocal = around.within >= 0 && !around.inType;
    const declared = isLocal ? undefined : this.#grammar.declaration(node, around.inType);
    const inner = declared === undefined ? around : this.#declare(node, declared, around);
    if (!this.#grammar.functions.has(node.type)) return inner;
    this.functions.push({
      name: field(node, 'name')?.text ?? '(anonymous)',
      span: { start: startOf(node), end: endOf(node) },
      cyclomatic: cyclomaticOf(this.#grammar, node),
      cognitive: cognitiveOf(this.#grammar, node),
      parameters: field(node, 'parameters')?.namedChildCount ?? 0,
      lines: node.endPosition.row - node.startPosition.row + 1,
    });
    return { container: inner.container, inType: false, within: this.functions.length - 1 };
  }

  #declare(node: Node, declared: NonNullable<ReturnType<Grammar['declaration']>>, around: Around): Around {
    const name = declared.name.text;
    const container = declared.container ?? around.container;
    this.symbols.push({
      name,
      kind: declared.kind,
      span: { start: startOf(node), end: endOf(node) },
      nameAt: startOf(declared.name),
      ...(container === undefined ? {} : { container }),
      exported: this.#grammar.isPublic(node, name),
    });
    const path = container === undefined ? name : `${container}.${name}`;
    return { container: path, inType: typeKinds.has(declared.kind), within: around.within };
  }

  #call(node: Node, within: number): void {
    const call = this.#grammar.call(node);
    if (call === undefined) return;
    const { name, receiver } = call;
    this.calls.push({
      name: name.text.slice(0, 200),
      at: startOf(name),
      within,
      ...(receiver === undefined ? {} : { receiver: receiver.text }),
    });
  }

  #token(node: Node): void {
    const { row } = node.startPosition;
    const { text } = node;
    // Line ends and indents are tokens in some grammars.
    if (text.trim() === '') return;
    this.collector.add(text, row + 1);
    for (let line = row; line <= node.endPosition.row; line += 1) this.linesWithCode.add(line + 1);
    if (node.type.endsWith('identifier')) this.identifiers.add(text);
  }

  #problem(node: Node): void {
    const message = node.isMissing
      ? `${node.type} is missing here`
      : `${JSON.stringify(node.text.slice(0, 40))} is not expected here`;
    this.problems.push({ at: startOf(node), message });
  }
}

const read = (grammar: Grammar, tree: Tree): TreeReader => {
  const reader = new TreeReader(grammar);
  reader.visit(tree.rootNode, { container: undefined, inType: false, within: -1 });
  return reader;
};

/** The calls in a tree; `within` counts as the functions of the file's facts do. */
export const treeCalls = (grammar: Grammar, tree: Tree): readonly CodeCall[] => read(grammar, tree).calls;

/** Where a name stands as an identifier. */
export const treeMentions = (tree: Tree, name: string): readonly Position[] =>
  tree.rootNode
    .descendantsOfType([
      'identifier',
      'type_identifier',
      'field_identifier',
      'property_identifier',
      'package_identifier',
    ])
    .flatMap((node) => (node !== null && node.text === name ? [startOf(node)] : []));

/** Facts of the text that a tree was made from. */
export const treeFacts = (grammar: Grammar, tree: Tree, text: string): FileFacts => {
  const reader = read(grammar, tree);
  const { symbols, functions, imports, endpoints, problems, identifiers, collector, packageName } = reader;
  return {
    language: grammar.language,
    depth: 'parsed',
    ...(problems.length === 0 ? {} : { note: 'The file does not parse: what stands around the errors is told.' }),
    lines: countParsedLines(text, reader.linesWithCode),
    symbols,
    functions,
    imports,
    exports: symbols.flatMap(({ name, exported, container, nameAt }) =>
      exported && container === undefined ? [{ name, line: nameAt.line }] : [],
    ),
    endpoints,
    syntaxProblems: problems,
    identifiers,
    tokens: collector.lines,
    halsteadVolume: collector.volume,
    ...(packageName === undefined ? {} : { packageName }),
  };
};
