/** The parsers of tree-sitter: WebAssembly that is part of the Worker, instantiated when the first file needs it. */
import goGrammar from '@vscode/tree-sitter-wasm/wasm/tree-sitter-go.wasm';
import javaGrammar from '@vscode/tree-sitter-wasm/wasm/tree-sitter-java.wasm';
import pythonGrammar from '@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm';
import rustGrammar from '@vscode/tree-sitter-wasm/wasm/tree-sitter-rust.wasm';
import { Language, Parser, type Tree } from 'web-tree-sitter';
import runtime from 'web-tree-sitter/web-tree-sitter.wasm';
import { go } from './go.ts';
import type { Grammar, TreeLanguage } from './grammar.ts';
import { java } from './java.ts';
import { python } from './python.ts';
import { rust } from './rust.ts';

interface Kept {
  readonly grammar: Grammar;
  readonly parser: Parser;
}

const sources: Readonly<Record<TreeLanguage, { readonly grammar: Grammar; readonly module: WebAssembly.Module }>> = {
  python: { grammar: python, module: pythonGrammar },
  go: { grammar: go, module: goGrammar },
  java: { grammar: java, module: javaGrammar },
  rust: { grammar: rust, module: rustGrammar },
};

let started: Promise<void> | undefined;
const kept = new Map<TreeLanguage, Kept>();

/** Compiling bytes is forbidden in a Worker, so the module that was compiled with it is instantiated. */
const start = (): Promise<void> =>
  Parser.init({
    instantiateWasm: (
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) => {
      const instance = new WebAssembly.Instance(runtime, imports);
      receive(instance, runtime);
      return instance.exports;
    },
  });

/** Loads what parsing one of these languages takes. */
export const prepareLanguage = async (language: TreeLanguage): Promise<void> => {
  started ??= start();
  await started;
  if (kept.has(language)) return;
  const { grammar, module } = sources[language];
  const parser = new Parser();
  parser.setLanguage(Language.loadSync(module));
  kept.set(language, { grammar, parser });
};

/** Parses with a prepared language and gives the tree to the work; it does not outlive it. */
export const withTree = <Value>(
  language: TreeLanguage,
  text: string,
  work: (tree: Tree, grammar: Grammar) => Value,
): Value => {
  const found = kept.get(language);
  if (found === undefined) throw new Error(`${language} was not prepared`);
  const tree = found.parser.parse(text);
  if (tree === null) throw new Error(`${language} was not parsed`);
  try {
    return work(tree, found.grammar);
  } finally {
    tree.delete();
  }
};
