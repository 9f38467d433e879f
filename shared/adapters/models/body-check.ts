/** What an answer's bytes must keep to, whatever they say: so that no answer eats the memory, and no text is garbled. */

export type BodyFault = 'too_large' | 'not_utf8';

export interface BodyLimits {
  readonly maxEventBytes: number;
  readonly maxAnswerBytes: number;
}

const lineFeed = 10;
const carriageReturn = 13;

/** Reads along with a stream of server-sent events, of which it keeps nothing but counts. */
export class BodyCheck {
  readonly #limits: BodyLimits;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });
  #answerBytes = 0;
  #eventBytes = 0;
  #lineBytes = 0;
  #lastByte = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** What is wrong with the body, now that this piece has come. */
  read(chunk: Uint8Array): BodyFault | undefined {
    this.#answerBytes += chunk.length;
    if (this.#answerBytes > this.#limits.maxAnswerBytes || !this.#eventsFit(chunk)) return 'too_large';
    try {
      this.#decoder.decode(chunk, { stream: true });
      return undefined;
    } catch {
      // A fatal decoder says by throwing what it is asked here.
      return 'not_utf8';
    }
  }

  /** An event ends at an empty line. */
  #eventsFit(chunk: Uint8Array): boolean {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#grow(end - start);
      if (this.#eventBytes > this.#limits.maxEventBytes) return false;
      const before = end > start ? chunk[end - 1] : this.#lastByte;
      if (this.#lineBytes === 0 || (this.#lineBytes === 1 && before === carriageReturn)) this.#eventBytes = 0;
      this.#lineBytes = 0;
      start = end + 1;
    }
    this.#grow(chunk.length - start);
    this.#lastByte = chunk.at(-1) ?? this.#lastByte;
    return this.#eventBytes <= this.#limits.maxEventBytes;
  }

  #grow(bytes: number): void {
    this.#lineBytes += bytes;
    this.#eventBytes += bytes;
  }
}

/** Passes on the first bytes of a body and ends it there. */
export const cutAfter = (maxBytes: number): TransformStream<Uint8Array, Uint8Array> => {
  let left = maxBytes;
  return new TransformStream({
    transform: (chunk, controller) => {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) controller.terminate();
    },
  });
};
