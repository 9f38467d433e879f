/**
 * Expected failures are values: a function that can be refused returns a `Result`, and throwing means a bug.
 * Plain objects, because a `Result` crosses Workers RPC where classes do not survive.
 */

import type { ErrorType } from './catalog.ts';

export interface Ok<Value> {
  readonly ok: true;
  readonly value: Value;
}

export interface Err<Failure> {
  readonly ok: false;
  readonly error: Failure;
}

export type Result<Value, Failure = AppError> = Ok<Value> | Err<Failure>;

/** A succeeded result. */
export const ok = <Value>(value: Value): Ok<Value> => ({ ok: true, value });

/** A refused result. */
export const err = <Failure>(error: Failure): Err<Failure> => ({ ok: false, error });

/** One thing wrong with an input: where (`spec`, `body.title`, `headers.authorization`) and why. */
export interface Issue {
  readonly field: string;
  readonly reason: string;
}

/**
 * An expected failure as it travels from an object to the edge.
 * `type` is a key of the catalogue; `detail` is a sentence for a person that says what to do next;
 * `issues` name the fields at fault. Nothing secret and no stack ever stands in it.
 */
export interface AppError {
  readonly type: ErrorType;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  /** With `cursor.gone`: the oldest event that is still kept. */
  readonly oldestSequence?: number;
  /** With `rate.limited`: when the same may be asked again. */
  readonly retryAfterMs?: number;
}
