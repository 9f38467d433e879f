/**
 * Requests of OpenAI's older operation, which completes bare prompts: each prompt becomes a chat of one message, and is
 * asked as often as it wants answers.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelRequest } from '../../ports/model-client.ts';
import type { CompletionsRequest } from '../../schemas/openai-completions.ts';
import type { Capabilities } from './capabilities.ts';
import { invalidValue, missing, unsupported, wrongType, type OpenAiRefusal } from './error.ts';
import { toModelRequest } from './model-request.ts';

/** What is to be completed. */
export interface Prompts {
  readonly count: number;
  /** Undefined where they are tokens, or the null that stands for the beginning of any text. */
  readonly texts: readonly string[] | undefined;
}

const isToken = (value: unknown): boolean => Number.isSafeInteger(value);

const typeOf = (value: unknown): string =>
  Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;

/** A text, several, tokens, or several lists of tokens. */
export const readPrompts = (prompt: unknown): Result<Prompts, OpenAiRefusal> => {
  if (prompt === undefined) return err(missing('prompt'));
  if (prompt === null) return ok({ count: 1, texts: undefined });
  if (typeof prompt === 'string') return ok({ count: 1, texts: [prompt] });
  const list: readonly unknown[] | undefined = Array.isArray(prompt) ? prompt : undefined;
  if (list?.length === 0) return err(invalidValue('prompt', "'prompt' must have at least one element."));
  if (list?.every(isToken) === true) return ok({ count: 1, texts: undefined });
  const texts = list?.filter((item) => typeof item === 'string') ?? [];
  if (list !== undefined && texts.length === list.length) return ok({ count: list.length, texts });
  const areTokens = list?.every((item) => Array.isArray(item) && item.length > 0 && item.every(isToken)) === true;
  if (list !== undefined && areTokens) return ok({ count: list.length, texts: undefined });
  const expected = 'one of a string, array of strings, array of integers, or array of integer arrays';
  return err(wrongType('prompt', expected, list === undefined ? typeOf(prompt) : 'array of other elements'));
};

/** Answers that one translated request may ask for: each is a call of the model of its own. */
export const mostAnswers = 20;

/** OpenAI's own default, by which many an answer ends. */
const defaultMaxTokens = 16;

/** What no translated answer can have. */
const refusalOf = (request: CompletionsRequest, provider: string): OpenAiRefusal | undefined => {
  const { best_of: bestOf, logprobs, suffix } = request;
  const n = request.n ?? 1;
  if (typeof suffix === 'string' && suffix !== '') {
    return unsupported('suffix', `${provider} models cannot be told what comes after the answer.`);
  }
  if (typeof logprobs === 'number') return unsupported('logprobs', `${provider} models cannot do 'logprobs' here.`);
  if (typeof bestOf === 'number' && bestOf < n) {
    return invalidValue('best_of', `'n' (${n}) must not be more than 'best_of' (${bestOf}).`);
  }
  if (typeof bestOf === 'number' && bestOf > n) {
    return unsupported('best_of', `${provider} models cannot choose the best of several answers here.`);
  }
  return undefined;
};

const textsOf = (request: CompletionsRequest, provider: string): Result<readonly string[], OpenAiRefusal> => {
  const prompts = readPrompts(request.prompt);
  if (!prompts.ok) return prompts;
  const { texts, count } = prompts.value;
  if (texts === undefined) {
    return err(invalidValue('prompt', `${provider} models read texts; they are given no tokens here.`));
  }
  const n = request.n ?? 1;
  if (count * n <= mostAnswers) return ok(texts);
  const param = count > mostAnswers ? 'prompt' : 'n';
  return err(invalidValue(param, `At most ${mostAnswers} answers are given here; these would be ${count * n}.`));
};

export interface TranslatedPrompts {
  /** One for each answer, in the order of the answers. Never empty. */
  readonly requests: readonly [ModelRequest, ...ModelRequest[]];
  /** What stands before each answer: its prompt where that is to be repeated. */
  readonly echoes: readonly string[];
  readonly withoutEffect: readonly string[];
}

/** The request in our form: `model` is the name that the provider knows; `idempotencyKey` stays the same over retries. */
export const toPromptRequests = (
  request: CompletionsRequest,
  able: Capabilities,
  call: { readonly model: string; readonly idempotencyKey: string },
): Result<TranslatedPrompts, OpenAiRefusal> => {
  const refusal = refusalOf(request, able.provider);
  if (refusal !== undefined) return err(refusal);
  const texts = textsOf(request, able.provider);
  if (!texts.ok) return texts;
  const { prompt: _prompt, best_of: _bestOf, echo, logprobs: _logprobs, suffix: _suffix, n, ...rest } = request;
  const asked = texts.value.flatMap((text) => Array.from({ length: n ?? 1 }, () => text));
  const requests: ModelRequest[] = [];
  let withoutEffect: readonly string[] = [];
  for (const [place, text] of asked.entries()) {
    const chat = { ...rest, messages: [{ role: 'user' as const, content: text }] };
    const idempotencyKey = place === 0 ? call.idempotencyKey : `${call.idempotencyKey}-${place}`;
    const limited = { ...chat, max_tokens: rest.max_tokens ?? defaultMaxTokens };
    const translated = toModelRequest(limited, able, { ...call, idempotencyKey });
    if (!translated.ok) return translated;
    requests.push(translated.value.request);
    ({ withoutEffect } = translated.value);
  }
  const [first, ...others] = requests;
  if (first === undefined) return err(missing('prompt'));
  const echoes = asked.map((text) => (echo === true ? text : ''));
  return ok({ requests: [first, ...others], echoes, withoutEffect });
};

/** The request that needs most of a model; all else of them is the same. */
export const longestOf = ({ requests: [first, ...others] }: TranslatedPrompts): ModelRequest => {
  const lengthOf = ({ messages }: ModelRequest): number => messages[0]?.content.length ?? 0;
  return others.reduce((longest, one) => (lengthOf(one) > lengthOf(longest) ? one : longest), first);
};
