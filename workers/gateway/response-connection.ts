/**
 * `/v1/responses` on one connection (https://developers.openai.com/api/docs/guides/websocket-mode, and the WebSocket
 * transport of https://www.openresponses.org/specification): each `response.create` is answered as a request of its own
 * would be, with its own look at key, budget and rates, and its events are sent as messages. Those of one lane
 * (`stream_id`) come one after the other.
 */
import { utf8Length } from '../../shared/domain/model/estimate.ts';
import { fromAppError } from '../../shared/protocol/openai/app-error.ts';
import type { OpenAiError, OpenAiRefusal } from '../../shared/protocol/openai/error.ts';
import { connectionLimits } from '../../shared/protocol/responses/connection-limits.ts';
import { TurnMemories, type TurnMemory } from '../../shared/protocol/responses/turn-memory.ts';
import { connectionUsedUp, invalidMessage, tooManyWaiting } from '../../shared/protocol/responses/refusals.ts';
import { createEventSchema } from '../../shared/schemas/responses.ts';
import { chatBodyLimits, parseGuarded } from './middleware/body-guard.ts';
import { refusalOf } from './routes/v1/request-body.ts';

/** One request that came over the connection. */
export interface Turn {
  /** As `POST /v1/responses` takes it. */
  readonly body: { readonly text: string; readonly value: object };
  readonly memory: TurnMemory;
  /** Aborts when the client has left. */
  readonly signal: AbortSignal;
}

export interface ConnectionParts {
  readonly send: (message: string) => void;
  readonly close: (code: number, reason: string) => void;
  /** The streamed answer to a turn, or its refusal as JSON. */
  readonly answer: (turn: Turn) => Promise<Response>;
  readonly log: (error: unknown) => void;
}

interface Asked {
  readonly value: Readonly<Record<string, unknown>>;
  readonly lane: string | undefined;
  readonly previousId: unknown;
}

const unnamedLane = '';

const failedEvent = 'event: response.failed\n';

/** What a server-sent event says, as a message of the lane; undefined for a comment. */
const messageOf = (frame: string, lane: string | undefined): string | undefined => {
  const start = frame.indexOf('data: ');
  if (start === -1) return undefined;
  const data = frame.slice(start + 'data: '.length);
  return lane === undefined ? data : `{"stream_id":${JSON.stringify(lane)},${data.slice(1)}`;
};

/** The frames of a stream, each whole. */
async function* framesOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<string, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const leave = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', leave);
  let open = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done || signal.aborted) return;
      const frames = (open + decoder.decode(value, { stream: true })).split('\n\n');
      open = frames.pop() ?? '';
      yield* frames;
    }
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

export class ResponseConnection {
  readonly #parts: ConnectionParts;
  readonly #memories = new TurnMemories();
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #leaving = new AbortController();
  #pending = 0;
  #turns = 0;
  #isUsedUp = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** Takes one message. */
  receive(data: unknown): void {
    const asked = this.#read(data);
    if ('status' in asked) return this.#refuse(asked, undefined);
    const lane = asked.lane ?? unnamedLane;
    const refusal = this.#judge(lane);
    if (refusal !== undefined) {
      this.#refuse(refusal, asked.lane);
      return this.#closeWhenIdle();
    }
    this.#pending += 1;
    this.#turns += 1;
    const work = (this.#lanes.get(lane) ?? Promise.resolve()).then(() => this.#answer(asked, lane));
    const settled: Promise<void> = work
      .catch((error: unknown) => this.#fail(error, asked.lane))
      .then(() => this.#end(lane, settled));
    this.#lanes.set(lane, settled);
  }

  /** Its time is over: what was asked is still answered. */
  expire(): void {
    this.#isUsedUp = true;
    this.#refuse(connectionUsedUp, undefined);
    this.#closeWhenIdle();
  }

  /** The client has left: nothing is answered any more. */
  leave(): void {
    this.#leaving.abort();
  }

  #read(data: unknown): Asked | OpenAiRefusal {
    if (typeof data !== 'string') return invalidMessage('must be text, one JSON object');
    const { maxBytes } = chatBodyLimits;
    if (data.length > maxBytes || utf8Length(data) > maxBytes)
      return invalidMessage(`is larger than ${maxBytes} bytes`);
    const value = parseGuarded(data, chatBodyLimits);
    if (!value.ok) return invalidMessage(value.error);
    const event = createEventSchema.safeParse(value.value);
    if (!event.success) return refusalOf(event.error);
    const { type: _type, stream_id, ...request } = event.data;
    return { value: request, lane: stream_id ?? undefined, previousId: request.previous_response_id };
  }

  #judge(lane: string): OpenAiRefusal | undefined {
    if (this.#isUsedUp || this.#turns >= connectionLimits.turns) {
      this.#isUsedUp = true;
      return connectionUsedUp;
    }
    const isNew = !this.#lanes.has(lane);
    if (this.#pending >= connectionLimits.waiting || (isNew && this.#lanes.size >= connectionLimits.lanes))
      return tooManyWaiting;
    return undefined;
  }

  async #answer({ value, lane, previousId }: Asked, laneName: string): Promise<void> {
    const { signal } = this.#leaving;
    if (signal.aborted) return;
    const body = { ...value, stream: true };
    const answer = await this.#parts.answer({
      body: { text: JSON.stringify(body), value: body },
      memory: this.#memories.of(laneName),
      signal,
    });
    const isWhole = answer.ok && answer.body !== null ? await this.#pass(answer.body, lane) : false;
    if (!isWhole && typeof previousId === 'string') this.#memories.forget(previousId);
    if (answer.ok) return;
    const told: unknown = await answer.json();
    this.#send({ type: 'error', status: answer.status, ...(typeof told === 'object' ? told : {}) }, lane);
  }

  /** Sends the events on. False when the answer failed, or the client left. */
  async #pass(body: ReadableStream<Uint8Array>, lane: string | undefined): Promise<boolean> {
    let hasFailed = false;
    for await (const frame of framesOf(body, this.#leaving.signal)) {
      const message = messageOf(frame, lane);
      if (message === undefined) continue;
      hasFailed = frame.startsWith(failedEvent);
      this.#parts.send(message);
    }
    return !hasFailed && !this.#leaving.signal.aborted;
  }

  #end(lane: string, settled: Promise<void>): void {
    this.#pending -= 1;
    if (this.#lanes.get(lane) === settled) this.#lanes.delete(lane);
    this.#closeWhenIdle();
  }

  #closeWhenIdle(): void {
    if (this.#isUsedUp && this.#pending === 0) this.#parts.close(1000, 'open a new connection');
  }

  #fail(error: unknown, lane: string | undefined): void {
    this.#parts.log(error);
    const detail = 'This should not have happened. The log tells the cause.';
    this.#refuse(fromAppError({ type: 'internal', detail }), lane);
  }

  #refuse({ status, error }: { readonly status: number; readonly error: OpenAiError }, lane: string | undefined): void {
    this.#send({ type: 'error', status, error }, lane);
  }

  #send(event: object, lane: string | undefined): void {
    if (this.#leaving.signal.aborted) return;
    this.#parts.send(JSON.stringify(lane === undefined ? event : { stream_id: lane, ...event }));
  }
}
