/**
 * The clocks and limits of one model call: how long until the first byte, how long between bytes, how long in all, how
 * much, and the caller's cancellation. Whichever ends the call first is its cause; the SDK only sees an abort.
 *
 * Activity is counted at the bytes of the response, because providers keep a long silence alive with pings that the
 * SDKs do not pass on.
 */
import { createFailure } from '../../domain/model/failure.ts';
import type { CancelSignal, ModelFailure } from '../../ports/model-client.ts';
import { BodyCheck, cutAfter, type BodyFault } from './body-check.ts';

export interface CallLimits {
  /** Until the first byte of the body has come. */
  readonly firstByteMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** For the whole call, however lively it is. */
  readonly totalMs: number;
  /** One event of the stream; a whole tool call in one event is far below the default. */
  readonly maxEventBytes: number;
  /** All of the answer as it comes over the wire. */
  readonly maxAnswerBytes: number;
  /**
   * Characters of all texts and arguments together. An answer becomes one row of a journal and one event, which have
   * room for about as much as the default; the most that a model of today says in one answer is less than half of it.
   */
  readonly maxAnswerLength: number;
}

export const defaultCallLimits: CallLimits = {
  firstByteMs: 60_000,
  idleMs: 60_000,
  totalMs: 600_000,
  maxEventBytes: 1_000_000,
  maxAnswerBytes: 64_000_000,
  maxAnswerLength: 500_000,
};

/** More of a refusal's body is not read. */
const maxRefusalBytes = 65_536;

/** How long the end of a body may take after the end of its answer. */
const endPatienceMs = 250;

/**
 * The caller's signal is looked at this often. In workerd a listener on the signal of a request keeps what belongs to the
 * request until the next full collection, about 20 KB of native memory each, which for streams came to 200 MiB.
 */
const cancelPollMs = 100;

type Cause = 'first_byte' | 'idle' | 'total' | 'cancelled' | BodyFault;

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;

export class CallWatch {
  readonly #limits: CallLimits;
  readonly #controller = new AbortController();
  readonly #signal: CancelSignal | undefined;
  readonly #totalAt: number;
  #silentAt: number;
  #silence: 'first_byte' | 'idle' = 'first_byte';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looksAt = 0;
  #poll: ReturnType<typeof setInterval> | undefined;
  /** Ends the wait for a step that is under way. */
  #release: (() => void) | undefined;
  #isDisposed = false;
  #cause: Cause | undefined;
  #contentType: string | undefined;

  constructor(limits: CallLimits, signal?: CancelSignal) {
    this.#limits = limits;
    this.#signal = signal;
    const now = Date.now();
    this.#totalAt = now + limits.totalMs;
    this.#silentAt = now + limits.firstByteMs;
    this.#lookLater(now);
    if (signal === undefined) return;
    if (signal.aborted) this.#end('cancelled');
    else this.#poll = setInterval(() => this.#checkCancelled(), cancelPollMs);
  }

  /** For the SDK: aborts when the call is over by one of its clocks. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The content type of the response, once there is one. */
  get contentType(): string | undefined {
    return this.#contentType;
  }

  /** Why the call was ended from here, or undefined when it was not. */
  get failure(): ModelFailure | undefined {
    this.#checkCancelled();
    switch (this.#cause) {
      case undefined:
        return undefined;
      case 'first_byte':
        return createFailure('timeout', `The provider sent nothing within ${seconds(this.#limits.firstByteMs)}.`);
      case 'idle':
        return createFailure('timeout', `The provider's answer stopped for ${seconds(this.#limits.idleMs)}.`);
      case 'total':
        return createFailure('timeout', `The answer was not complete within ${seconds(this.#limits.totalMs)}.`);
      case 'cancelled':
        return createFailure('cancelled', 'The request was cancelled.');
      case 'too_large':
        return createFailure('malformed_response', 'The provider sent more than a sound answer can have.');
      case 'not_utf8':
        return createFailure('malformed_response', 'The provider sent bytes that are not UTF-8 text.');
    }
  }

  /**
   * `fetch` for the SDK: the same, with every piece of the body noted and checked. Redirects are not followed, because
   * they would carry the key to wherever they point.
   */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
    this.watched(await fetch(input, { ...init, redirect: 'manual' }));

  /** The response of another transport, with every piece of its body noted and checked likewise. */
  watched(response: Response): Response {
    this.#contentType = response.headers.get('content-type') ?? '';
    if (response.body === null) return response;
    const watched = response.ok ? this.#watchAnswer() : cutAfter(maxRefusalBytes);
    return new Response(response.body.pipeThrough(watched), {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  }

  /** Notes that bytes of the answer have come. */
  note(): void {
    const now = Date.now();
    this.#silence = 'idle';
    this.#silentAt = now + this.#limits.idleMs;
    if (this.#silentAt >= this.#looksAt || this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#lookLater(now);
  }

  /**
   * The next step of the call, or undefined when a clock ends the call first, whatever the step does about it. One step
   * at a time.
   */
  race<Value>(work: Promise<Value>): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      this.#release = () => resolve(undefined);
      // What the loser comes to is not heard any more.
      work.then(resolve, reject);
      if (this.#cause !== undefined) resolve(undefined);
    });
  }

  /** Ends the call for a fault of its answer. */
  refuse(fault: BodyFault): void {
    this.#end(fault);
  }

  /** Stops every clock, and the request if it still runs: where nothing is left to come, `isRead` spares the abort. */
  dispose(isRead = false): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
    if (isRead) return;
    this.#controller.abort();
    this.#release?.();
  }

  /**
   * The answer is whole and only the end of its body is left, which `rest` waits for. Where it comes soon, the connection
   * can serve the next call; an abort would close it, and costs more than the wait.
   */
  awaitEnd(rest: Promise<ReadableStreamReadResult<Uint8Array>>): void {
    if (this.#isDisposed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.dispose(), endPatienceMs);
    rest.then(
      (last) => this.dispose(last.done),
      () => this.dispose(),
    );
  }

  #watchAnswer(): TransformStream<Uint8Array, Uint8Array> {
    const check = new BodyCheck(this.#limits);
    return new TransformStream({
      transform: (chunk, controller) => {
        this.note();
        const fault = check.read(chunk);
        if (fault === undefined) controller.enqueue(chunk);
        else this.#end(fault);
      },
    });
  }

  #checkCancelled(): void {
    if (this.#signal?.aborted === true) this.#end('cancelled');
  }

  /** One timer does for both clocks: most bytes only move the time at which it would mean something. */
  #lookLater(now: number): void {
    this.#looksAt = Math.min(this.#silentAt, this.#totalAt);
    this.#timer = setTimeout(() => this.#look(), this.#looksAt - now);
  }

  #look(): void {
    const now = Date.now();
    if (now >= this.#totalAt) this.#end('total');
    else if (now >= this.#silentAt) this.#end(this.#silence);
    else this.#lookLater(now);
  }

  #end(cause: Cause): void {
    if (this.#cause !== undefined || this.#isDisposed) return;
    this.#cause = cause;
    this.#controller.abort();
    this.#release?.();
  }
}
