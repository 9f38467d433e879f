/**
 * What of a request a provider behind our own form cannot do. A parameter is refused by its name, or, where it changes
 * nothing about an answer, reported as one that had no effect; it is never dropped in silence.
 */
import { err, ok, type Result } from '../../errors/result.ts';
import type { ChatRequest } from '../../schemas/openai-chat.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from './error.ts';

export interface Capabilities {
  /** For sentences: `anthropic`. */
  readonly provider: string;
  readonly highestTemperature: number;
  /** The same seed gives the same answer. */
  readonly seed: boolean;
  readonly jsonObject: boolean;
  /** Stop texts of white space alone. */
  readonly blankStop: boolean;
  /** Tells the provider who the end user is. */
  readonly user: boolean;
  /** Reads the labels in `metadata`. */
  readonly metadata?: true;
  /** For a request that sets no limit. */
  readonly defaultMaxOutputTokens: number;
}

export const anthropicCapabilities: Capabilities = {
  provider: 'anthropic',
  highestTemperature: 1,
  seed: false,
  jsonObject: false,
  blankStop: false,
  user: true,
  defaultMaxOutputTokens: 8_192,
};

/** Models of this wire behind the port, where a request cannot be passed on as it is. */
export const openAiCapabilities: Capabilities = {
  provider: 'openai',
  highestTemperature: 2,
  seed: false,
  jsonObject: true,
  blankStop: true,
  user: true,
  defaultMaxOutputTokens: 8_192,
};

export const offlineCapabilities: Capabilities = {
  provider: 'offline',
  highestTemperature: 2,
  seed: true,
  jsonObject: true,
  blankStop: true,
  user: false,
  defaultMaxOutputTokens: 8_192,
};

/** Values that ask for nothing: what every answer is without the parameter. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  n: [1],
  store: [false],
  logprobs: [false],
  top_logprobs: [0],
  frequency_penalty: [0],
  presence_penalty: [0],
  service_tier: ['auto', 'default'],
  reasoning_effort: ['none'],
  verbosity: ['medium'],
};

/** Parameters that no translated answer can have, whatever the provider. */
const impossible = [
  'audio',
  'frequency_penalty',
  'function_call',
  'functions',
  'logit_bias',
  'logprobs',
  'moderation',
  'n',
  'prediction',
  'presence_penalty',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning_effort',
  'service_tier',
  'store',
  'top_logprobs',
  'verbosity',
  'web_search_options',
] as const;

/** Labels and hints: an answer is the same with and without them. */
const labels = ['metadata', 'prompt_cache_key', 'safety_identifier'] as const;

const isText = (modalities: unknown): boolean =>
  Array.isArray(modalities) && modalities.length === 1 && modalities[0] === 'text';

const asks = (request: ChatRequest, name: (typeof impossible)[number]): boolean => {
  const value: unknown = request[name];
  if (value === undefined || value === null || neutral[name]?.includes(value) === true) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

const stopsOf = ({ stop }: ChatRequest): readonly string[] => (typeof stop === 'string' ? [stop] : (stop ?? []));

const refusalOf = (request: ChatRequest, able: Capabilities): OpenAiRefusal | undefined => {
  const { provider } = able;
  const parameter = impossible.find((name) => asks(request, name));
  if (parameter !== undefined) return unsupported(parameter, `${provider} models cannot do '${parameter}' here.`);
  const { modalities, temperature, seed, response_format: format } = request;
  if (modalities !== undefined && modalities !== null && !isText(modalities)) {
    return unsupported('modalities', `${provider} models answer with text alone.`);
  }
  if (typeof temperature === 'number' && temperature > able.highestTemperature) {
    return invalidValue('temperature', `${provider} models take a temperature of at most ${able.highestTemperature}.`);
  }
  if (typeof seed === 'number' && !able.seed) return unsupported('seed', `${provider} models have no seed.`);
  if (format?.type === 'json_object' && !able.jsonObject) {
    return unsupported('response_format', `${provider} models have no json_object format; use json_schema.`);
  }
  if (stopsOf(request).some((text) => text === '' || (!able.blankStop && text.trim() === ''))) {
    return invalidValue('stop', `${provider} models do not take an empty text to stop at.`);
  }
  if (typeof request.max_tokens === 'number' && typeof request.max_completion_tokens === 'number') {
    return invalidValue('max_tokens', "'max_tokens' and 'max_completion_tokens' cannot both be set.");
  }
  return undefined;
};

/** The names of parameters that have no effect; an error for the first one that would need one and cannot have it. */
export const checkCapabilities = (
  request: ChatRequest,
  able: Capabilities,
): Result<readonly string[], OpenAiRefusal> => {
  const refusal = refusalOf(request, able);
  if (refusal !== undefined) return err(refusal);
  const names = able.user ? labels : ([...labels, 'user'] as const);
  const without = names.filter((name) => name !== 'metadata' || able.metadata !== true);
  return ok(without.filter((name) => request[name] !== undefined && request[name] !== null));
};
