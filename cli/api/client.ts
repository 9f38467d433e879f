/** The platform's API, typed by its own routes; nothing of the gateway is loaded at run time. */
import { hc } from 'hono/client';
import type { Api } from '../../workers/gateway/api.ts';
import type { Connection } from '../settings.ts';
import { CommandFailure, exitCodeForStatus, exitCodes } from '../exit-codes.ts';

export type PlatformClient = ReturnType<typeof hc<Api>>;

/** Requests that answer one document are given up after this long. */
const requestTimeoutMs = 60_000;

const unreachable = (url: string, cause: unknown): CommandFailure =>
  cause instanceof Error && cause.name === 'TimeoutError'
    ? new CommandFailure(
        exitCodes.unreachable,
        'unreachable',
        `${url} did not answer within ${requestTimeoutMs / 1000} s.`,
      )
    : new CommandFailure(
        exitCodes.unreachable,
        'unreachable',
        `${url} cannot be reached. Start the platform with "npm start", or give another address with --url.`,
      );

/** A client for this platform. */
export const createClient = (connection: Connection): PlatformClient =>
  hc<Api>(connection.url, {
    headers: { authorization: `Bearer ${connection.key}` },
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      try {
        return await fetch(input, { ...init, signal: AbortSignal.timeout(requestTimeoutMs) });
      } catch (cause) {
        throw unreachable(connection.url, cause);
      }
    },
  });

type Success<Answer> = Answer extends { readonly status: 200 | 201 | 202; json(): Promise<infer Body> } ? Body : never;

interface AnyAnswer {
  readonly status: number;
  readonly ok: boolean;
  text(): Promise<string>;
}

interface ProblemFields {
  readonly code?: unknown;
  readonly detail?: unknown;
  readonly errors?: unknown;
}

const parseProblem = (text: string): ProblemFields => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Not our problem document: something between us and the platform answered.
  }
  return {};
};

const issuesOf = (errors: unknown): readonly { readonly field: string; readonly reason: string }[] =>
  Array.isArray(errors)
    ? errors.map((entry: { readonly field?: unknown; readonly reason?: unknown }) => ({
        field: String(entry.field),
        reason: String(entry.reason),
      }))
    : [];

/** A refusal of the platform as the failure of this command. */
export const failureOf = (status: number, body: string): CommandFailure => {
  const problem = parseProblem(body);
  return new CommandFailure(
    exitCodeForStatus(status),
    typeof problem.code === 'string' ? problem.code : `http.${status}`,
    typeof problem.detail === 'string' ? problem.detail : `The platform answered with status ${status}.`,
    issuesOf(problem.errors),
  );
};

/** The document of a successful answer; every other answer is thrown as a failure of this command. */
export const answerOf = async <Answer extends AnyAnswer>(pending: Promise<Answer>): Promise<Success<Answer>> => {
  const answer = await pending;
  const text = await answer.text();
  if (!answer.ok) throw failureOf(answer.status, text);
  try {
    // SAFETY: the routes' own schemas say what a success holds; `hc` carries them into this type.
    return JSON.parse(text) as Success<Answer>;
  } catch {
    throw new CommandFailure(
      exitCodes.platformFailed,
      'internal',
      'The platform answered with something that is not JSON.',
    );
  }
};
