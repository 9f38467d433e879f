/**
 * The journal of programs that persons run over HTTP under a key: what each call answered, kept by the project, so that
 * the same request goes on where an earlier one was broken off.
 */
import type { Result } from '../errors/result.ts';

/** What a call of a program answered. */
export interface KeptAnswer {
  readonly content: string;
  readonly isError: boolean;
}

/** One call of a program that is known. */
export interface KeptCall {
  /** From 0, in the order of the calls. */
  readonly index: number;
  readonly tool: string;
  readonly argumentsHash: string;
  readonly answer: KeptAnswer;
}

/** A program as far as it has come. */
export interface KeptProgram {
  /** What the program takes for the present, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly calls: readonly KeptCall[];
  /** The tool's result as JSON, once the program has finished. */
  readonly result?: string;
}

/** How long a program is known after its first request. */
export const programKeptMs = 24 * 60 * 60 * 1_000;
/** Programs of a project that are known at once; the oldest are forgotten first. */
export const mostKeptPrograms = 100;
/** Answers and result of one program together, in UTF-16 code units. */
export const longestKeptProgram = 8_000_000;
/** One answer, or the result. */
export const longestKeptAnswer = 500_000;

export interface PersonProgramsRpc {
  /**
   * Begins a program, or tells how far it has come. `idempotency.mismatch` when the command came before with another
   * body.
   */
  openProgram(command: { readonly commandId: string; readonly bodyHash: string }): Promise<Result<KeptProgram>>;
  /**
   * Keeps what a call answered and answers what is kept: the first answer stays. `idempotency.mismatch` when the call
   * was another one before, `resource.not_found` when the program is forgotten, `request.too_large` beyond the limits.
   */
  keepProgramAnswer(command: { readonly commandId: string } & KeptCall): Promise<Result<KeptAnswer>>;
  /** Keeps the result; the first one stays. Errors as above. */
  keepProgramResult(command: {
    readonly commandId: string;
    readonly result: string;
  }): Promise<Result<{ readonly result: string }>>;
}
