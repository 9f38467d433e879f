/** What is remembered of blobs between requests: their texts for a while, their facts for longer. Only a cache. */
import type { FileFacts, FileStructure } from '../../../shared/domain/code/facts.ts';

const mostTextCharacters = 32 * 1024 * 1024;
const mostFacts = 40_000;

class BlobStore {
  /** Least recently used first. */
  readonly #texts = new Map<string, string>();
  readonly #facts = new Map<string, FileFacts>();
  /** Of files whose measures nobody has asked for. */
  readonly #structures = new Map<string, FileStructure>();
  #characters = 0;

  text(oid: string): string | undefined {
    const text = this.#texts.get(oid);
    if (text !== undefined) {
      this.#texts.delete(oid);
      this.#texts.set(oid, text);
    }
    return text;
  }

  keepText(oid: string, text: string): void {
    if (this.#texts.has(oid)) return;
    this.#texts.set(oid, text);
    this.#characters += text.length;
    for (const [oldest, old] of this.#texts) {
      if (this.#characters <= mostTextCharacters || oldest === oid) break;
      this.#texts.delete(oldest);
      this.#characters -= old.length;
    }
  }

  facts(key: string): FileFacts | undefined {
    return this.#facts.get(key);
  }

  structure(key: string): FileStructure | undefined {
    return this.#facts.get(key) ?? this.#structures.get(key);
  }

  keepFacts(key: string, facts: FileFacts): void {
    this.#structures.delete(key);
    keep(this.#facts, key, facts);
  }

  keepStructure(key: string, structure: FileStructure): void {
    keep(this.#structures, key, structure);
  }
}

const keep = <Known>(known: Map<string, Known>, key: string, value: Known): void => {
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > mostFacts && oldest !== undefined) known.delete(oldest);
};

/** One for the isolate. Blobs are named by their content, so projects can share them. */
export const blobs = new BlobStore();
