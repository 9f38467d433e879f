/**
 * Joins what a second model says to what the first one said before it broke off. A replay begins anew: it has to repeat
 * the text so far, word by word, and only what follows is passed on. A continuation begins where the text ends; it is
 * given to the second model without its last white space, which may therefore come twice.
 */
export class TextJoint {
  #expected: string;
  readonly #isReplay: boolean;

  constructor(mode: 'replay' | 'continuation', said: string) {
    this.#isReplay = mode === 'replay';
    this.#expected = this.#isReplay ? said : said.slice(said.trimEnd().length);
  }

  /** Nothing is left to be repeated. */
  get isJoined(): boolean {
    return this.#expected === '' || !this.#isReplay;
  }

  /** What is new in the next piece; undefined when it is not what was said before. */
  add(piece: string): string | undefined {
    const length = Math.min(piece.length, this.#expected.length);
    const repeated = piece.slice(0, length);
    if (this.#expected.startsWith(repeated)) {
      this.#expected = this.#expected.slice(length);
      return piece.slice(length);
    }
    if (this.#isReplay) return undefined;
    // It goes on in another way than with the same white space.
    this.#expected = '';
    return piece.trimStart();
  }
}
