/**
 * The bytes of a provider's stream, let through frame by frame as they come. Only whole frames are let through, so that a
 * broken stream can still be ended with a frame of our own; the frame that finishes the answer waits for the end of the
 * stream, so that a break after it is never taken for the end.
 */
import { joinBytes } from '../../domain/join-bytes.ts';
import { createFailure } from '../../domain/model/failure.ts';
import type { ModelFailure, ModelUsage } from '../../ports/model-client.ts';
import { defaultCallLimits } from './call-watch.ts';
import { isWholeFrame, type HeardEnd, type StreamJudge } from '../../protocol/openai/frame-judge.ts';

interface PieceParts {
  readonly bytes: Uint8Array;
  /** What the stream used, as far as the provider told. */
  readonly usage: ModelUsage | undefined;
}

/** What came next. `bytes` go to the client before anything else happens. */
export type PassedPiece =
  /** `frames` whole frames are in it; the usage is what the provider told so far. */
  | ({ readonly type: 'more'; readonly frames: number } & PieceParts)
  | ({ readonly type: 'end'; readonly heard?: HeardEnd | undefined } & PieceParts)
  /** `frame` is the provider's own error, where it sent one. */
  | ({ readonly type: 'failed'; readonly failure: ModelFailure; readonly frame?: string } & PieceParts);

const lineFeed = 10;
const carriageReturn = 13;

const emptyLine = Uint8Array.of(lineFeed, lineFeed);

/** Most pieces are one frame, which need not be copied. */
const join = (parts: readonly Uint8Array[]): Uint8Array => {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : joinBytes(parts);
};

interface Split {
  readonly frames: readonly Uint8Array[];
  readonly rest: Uint8Array;
}

/** Whole events, each with the empty line that ends it, and what is left. */
const splitFrames = (bytes: Uint8Array): Split => {
  const frames: Uint8Array[] = [];
  let start = 0;
  let line = 0;
  for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, line)) {
    const length = end - line;
    const isBlank = length === 0 || (length === 1 && bytes[line] === carriageReturn);
    line = end + 1;
    if (!isBlank) continue;
    frames.push(bytes.subarray(start, line));
    start = line;
  }
  return { frames, rest: bytes.subarray(start) };
};

const nothing = new Uint8Array();

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

const encoder = new TextEncoder();

const decode = (frame: Uint8Array): string | undefined => {
  try {
    return decoder.decode(frame);
  } catch {
    // A fatal decoder says by throwing that these bytes are no text.
    return undefined;
  }
};

const lost = createFailure('connection_lost', 'The answer ended before it was complete.');
const tooLarge = createFailure('malformed_response', 'The provider sent more than a sound answer can have.');
const unreadable = createFailure('malformed_response', 'The provider sent a piece of its answer that cannot be read.');

/** Reads along with one stream; give it every piece of the body, and its end. */
export class PassThroughFrames {
  readonly #judge: StreamJudge;
  readonly #endFrame: string;
  readonly #maxEventBytes: number;
  #rest = new Uint8Array();
  #held: Uint8Array[] = [];

  /** `endFrame` is the mark of the end, for servers that finish an answer and leave it out. */
  constructor(judge: StreamJudge, endFrame: string, maxEventBytes = defaultCallLimits.maxEventBytes) {
    this.#judge = judge;
    this.#endFrame = endFrame;
    this.#maxEventBytes = maxEventBytes;
  }

  /** The tokens that were told until now. */
  get usage(): ModelUsage | undefined {
    return this.#judge.usage;
  }

  /** The next piece of the body. */
  read(chunk: Uint8Array): PassedPiece {
    const { frames, rest } = splitFrames(this.#rest.length === 0 ? chunk : join([this.#rest, chunk]));
    this.#rest = rest.length === 0 ? nothing : rest.slice();
    const passed: Uint8Array[] = [];
    for (const frame of frames) {
      const last = this.#take(frame, passed);
      if (last !== undefined) return last;
    }
    if (this.#rest.length > this.#maxEventBytes) return this.#failed(passed, tooLarge);
    return { type: 'more', bytes: join(passed), frames: passed.length, usage: this.usage };
  }

  /** The body has ended properly. Some servers end without its mark: a finished answer is whole all the same. */
  end(): PassedPiece {
    const passed: Uint8Array[] = [];
    const last = this.#takeRest(passed);
    if (last !== undefined) return last;
    if (!this.#judge.isFinished) return this.#failed(passed, lost);
    return this.#ended([...passed, ...this.#held, encoder.encode(this.#endFrame)]);
  }

  /** What came after the last empty line counts only when it is whole: servers forget the line, and breaks cut it off. */
  #takeRest(passed: Uint8Array[]): PassedPiece | undefined {
    const text = decode(this.#rest) ?? '';
    return isWholeFrame(text) ? this.#take(join([this.#rest, emptyLine]), passed) : undefined;
  }

  /** Puts the frame where it belongs; the last piece when it is the last one. */
  #take(frame: Uint8Array, passed: Uint8Array[]): PassedPiece | undefined {
    if (frame.length > this.#maxEventBytes) return this.#failed(passed, tooLarge);
    const text = decode(frame);
    const verdict = text === undefined ? 'broken' : this.#judge.judge(text);
    switch (verdict) {
      case 'pass':
        passed.push(this.#shown(frame, text));
        return undefined;
      case 'hold':
        this.#held.push(this.#shown(frame, text).slice());
        return undefined;
      case 'drop':
        return undefined;
      case 'done':
        return this.#ended([...passed, ...this.#held, frame]);
      case 'error':
        return { ...this.#failed(passed, lost), frame: text ?? '' };
      case 'broken':
        return this.#failed(passed, unreadable);
    }
  }

  /** Nearly always the very bytes that came. */
  #shown(frame: Uint8Array, text = ''): Uint8Array {
    const shown = this.#judge.shown?.(text) ?? text;
    return shown.length === text.length ? frame : encoder.encode(shown);
  }

  #ended(frames: readonly Uint8Array[]): Extract<PassedPiece, { type: 'end' }> {
    return { type: 'end', bytes: join(frames), usage: this.usage, heard: this.#judge.heard };
  }

  #failed(frames: readonly Uint8Array[], failure: ModelFailure): Extract<PassedPiece, { type: 'failed' }> {
    return { type: 'failed', bytes: join(frames), failure, usage: this.usage };
  }
}
