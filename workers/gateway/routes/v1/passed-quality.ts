/** What is heard of answers that are passed on untouched, for whoever measures the models. */
import { endOfWhole, factsOfStream, factsOfWhole } from '../../../../shared/adapters/models/passed-facts.ts';
import { joinBytes } from '../../../../shared/domain/join-bytes.ts';
import { toStopReason } from '../../../../shared/domain/model/stop-reason.ts';
import { maxJudgedLength } from '../../../../shared/domain/model/quality/answer-ear.ts';
import { asksForForm, readAskedFor, type JudgedWire } from '../../../../shared/domain/model/quality/asked-for.ts';
import type { HeardEnd } from '../../../../shared/protocol/openai/frame-judge.ts';
import type { AppContext } from '../../app-environment.ts';
import type { HeardAnswer } from '../../model-calls/call-quality.ts';

/** The request that the answer is judged by. */
export interface JudgedRequest {
  readonly wire: JudgedWire;
  /** As JSON says it. */
  readonly body: unknown;
}

/** True when this answer is read once it has gone by: only some are, and only where there is something to judge. */
const isRead = (context: AppContext, { body }: JudgedRequest, choices: number): boolean =>
  choices === 1 && asksForForm(body) && context.get('services').modelCalls.readingShare.take();

/** Calls of tools are looked at where the answer is read; else the provider's word is taken. */
const heardOf = ({ id, finishReason }: HeardEnd): Omit<HeardAnswer, 'read'> => ({
  id,
  stopReason:
    finishReason === undefined ? undefined : toStopReason(finishReason, /tool|function/.test(finishReason) ? 1 : 0),
});

/** Of a whole answer. */
export const hearWhole = (
  context: AppContext,
  judged: JudgedRequest,
  choices: number,
  answer: Readonly<Record<string, unknown>>,
): HeardAnswer => {
  const { wire, body } = judged;
  const heard = heardOf(endOfWhole(wire, answer));
  if (!isRead(context, judged, choices)) return heard;
  const read = () => {
    const asked = readAskedFor(wire, body);
    return { asked, ...factsOfWhole(wire, answer, asked) };
  };
  return { ...heard, read };
};

/** Goes along with one stream. Pieces are copied for the reading, since whoever gets one may take its memory. */
export class StreamEar {
  readonly #judged: JudgedRequest;
  #parts: Uint8Array[] | undefined;
  #left = maxJudgedLength;

  constructor(context: AppContext, judged: JudgedRequest, choices: number) {
    this.#judged = judged;
    this.#parts = isRead(context, judged, choices) ? [] : undefined;
  }

  /** The next piece, before it is passed on. A stream that is too long is not kept any more. */
  hear(bytes: Uint8Array): void {
    if (this.#parts === undefined) return;
    this.#left -= bytes.length;
    if (this.#left < 0) this.#parts = undefined;
    else this.#parts.push(bytes.slice());
  }

  /** At the end of the stream. */
  heard(end: HeardEnd = {}): HeardAnswer {
    const { wire, body } = this.#judged;
    const parts = this.#parts;
    if (parts === undefined) return heardOf(end);
    const read = () => {
      const asked = readAskedFor(wire, body);
      return { asked, ...factsOfStream(wire, joinBytes(parts), asked) };
    };
    return { ...heardOf(end), read };
  }
}
