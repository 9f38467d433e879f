/** What an OpenAI-speaking provider says when it refuses, as a failure of ours and the details that clients act by. */
import { classifyProviderError, ofCredential, parseRetryAfter } from '../../domain/model/failure.ts';
import { redactKeys } from '../../domain/model/redact.ts';
import type { ModelFailure } from '../../ports/model-client.ts';
import type { ProviderAccount } from './anthropic.ts';
import type { ProviderDetail } from '../../protocol/openai/model-failure.ts';

export interface ProviderRefusal {
  readonly failure: ModelFailure;
  readonly detail: ProviderDetail;
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Names of parameters and codes; nothing else is passed on. */
const namePattern = /^[\w.[\]-]{1,100}$/;

const nameOf = (value: unknown): string | undefined => {
  const text = textOf(value);
  return text !== undefined && namePattern.test(text) && redactKeys(text) === text ? text : undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The first line, because a stack begins in the second one. */
const sentenceOf = (message: string | undefined, secrets: readonly string[]): string | undefined =>
  message === undefined ? undefined : redactKeys(message.split(/[\r\n]/, 1)[0] ?? '', secrets);

/** Reads `{"error": …}`; what is no such body is judged by its status alone. */
export const readProviderRefusal = (
  body: string,
  { apiKey, credential }: ProviderAccount,
  response?: { readonly status: number; readonly headers: Headers },
): ProviderRefusal => {
  const error = fieldOf(parse(body), 'error');
  const code = nameOf(fieldOf(error, 'code'));
  const shouldRetry = response?.headers.get('x-should-retry');
  const failure = classifyProviderError({
    status: response?.status,
    type: textOf(fieldOf(error, 'type')),
    code,
    message: sentenceOf(textOf(fieldOf(error, 'message')), [apiKey]),
    retryAfterMs:
      response === undefined ? undefined : parseRetryAfter((name) => response.headers.get(name), Date.now()),
    shouldRetry: shouldRetry === 'true' ? true : shouldRetry === 'false' ? false : undefined,
  });
  return { failure: ofCredential(failure, credential), detail: { param: nameOf(fieldOf(error, 'param')), code } };
};
