/** What the walk over a syntax tree has to know of one language. Node and field names are those of its grammar. */
import type { Node } from 'web-tree-sitter';
import type { CodeEndpoint, CodeImport, CodeLanguage, SymbolKind } from '../../../../shared/domain/code/facts.ts';

/** The languages that are read with tree-sitter. */
export type TreeLanguage = Extract<CodeLanguage, 'python' | 'go' | 'java' | 'rust'>;

/** A declaration: its kind and the node of its name. */
export interface Declaration {
  readonly kind: SymbolKind;
  readonly name: Node;
  /** What its members stand in, when that is not its own name (`impl` blocks). */
  readonly container?: string;
}

export interface Grammar {
  readonly language: TreeLanguage;
  /** The name a node declares; undefined for every other node. `inType` tells of a class, trait or the like around it. */
  readonly declaration: (node: Node, inType: boolean) => Declaration | undefined;
  /** True for what others may use. */
  readonly isPublic: (node: Node, name: string) => boolean;
  /** Nodes with a control flow of their own. */
  readonly functions: ReadonlySet<string>;
  /** Nodes that add one to the cyclomatic complexity. */
  readonly decisions: ReadonlySet<string>;
  /** Further decisions that the type alone does not tell. */
  readonly isDecision?: (node: Node) => boolean;
  readonly conditionals: ReadonlySet<string>;
  /** Nodes, besides the conditionals, that cost more the deeper they stand. */
  readonly nesting: ReadonlySet<string>;
  /** Binary expressions, among them those with logical operators. */
  readonly binary: string;
  readonly imports: (node: Node) => readonly Omit<CodeImport, 'line'>[];
  /** The node of the name that is called, and that of what stands before it. */
  readonly call: (node: Node) => { readonly name: Node; readonly receiver?: Node } | undefined;
  readonly endpoint?: (node: Node) => Pick<CodeEndpoint, 'method' | 'path'> | undefined;
  readonly packageName?: (node: Node) => string | undefined;
}

/** The named children of a node; the binding gives `null` for none. */
export const childrenOf = (node: Node): readonly Node[] => node.namedChildren.filter((child) => child !== null);

/** A child by its field. */
export const field = (node: Node, name: string): Node | undefined => node.childForFieldName(name) ?? undefined;

/** The content of a literal string: without quotes and prefixes. */
export const literalText = (node: Node | undefined): string | undefined =>
  node === undefined ? undefined : /^[a-zA-Z]*#*(?:"""|'''|["'`])([^]*?)(?:"""|'''|["'`])#*$/.exec(node.text)?.[1];
