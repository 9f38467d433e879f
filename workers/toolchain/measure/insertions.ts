/** Text put into a source without moving what stands there: pairs that enclose, and single pieces. */

/** Calls must come outer node before inner node: then pairs at the same offset are nested as the nodes are. */
export class Insertions {
  readonly #closing = new Map<number, string[]>();
  readonly #opening = new Map<number, string[]>();

  /** Encloses the range of a node. */
  enclose(start: number, end: number, before: string, after: string): void {
    this.open(start, before);
    const pieces = this.#closing.get(end);
    if (pieces === undefined) this.#closing.set(end, [after]);
    else pieces.unshift(after);
  }

  /** Puts a piece right before what starts at the offset, after all that ends there. */
  open(offset: number, piece: string): void {
    const pieces = this.#opening.get(offset);
    if (pieces === undefined) this.#opening.set(offset, [piece]);
    else pieces.push(piece);
  }

  /** The text with everything put in. */
  print(text: string): string {
    const offsets = [...new Set([...this.#closing.keys(), ...this.#opening.keys()])].sort((a, b) => a - b);
    const pieces: string[] = [];
    let from = 0;
    for (const offset of offsets) {
      pieces.push(text.slice(from, offset), ...(this.#closing.get(offset) ?? []), ...(this.#opening.get(offset) ?? []));
      from = offset;
    }
    pieces.push(text.slice(from));
    return pieces.join('');
  }
}
