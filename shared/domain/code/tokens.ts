/** What is measured on the tokens of a file: their hashes for finding copies, and Halstead's volume. */
import type { TokenLines } from './facts.ts';

/** Collects tokens in the order of the text. */
export class TokenCollector {
  readonly #lines: number[] = [];
  readonly #distinct = new Set<string>();
  #count = 0;
  #line = 0;

  /** `line` counts from 1 and never goes back. */
  add(text: string, line: number): void {
    this.#count += 1;
    this.#distinct.add(text);
    const lines = this.#lines;
    if (this.#line !== line) {
      this.#line = line;
      lines.push(line, fnvOffset, 0);
    }
    const hashAt = lines.length - 2;
    lines[hashAt] = hashText(text, lines[hashAt]);
    lines[hashAt + 1] = (lines[hashAt + 1] ?? 0) + 1;
  }

  get lines(): TokenLines {
    return Uint32Array.from(this.#lines);
  }

  /** N log2 n (M. H. Halstead, 1977): all tokens times the bits it takes to tell the distinct ones apart. */
  get volume(): number {
    return this.#count === 0 ? 0 : this.#count * Math.log2(Math.max(2, this.#distinct.size));
  }
}

const fnvOffset = 0x811c9dc5;

/** FNV-1a, 32 bits; goes on from a hash. The closing step keeps `ab` `c` apart from `a` `bc`. */
const hashText = (text: string, from = fnvOffset): number => {
  let hash = from;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= 0x1f;
  return Math.imul(hash, 0x01000193) >>> 0;
};
