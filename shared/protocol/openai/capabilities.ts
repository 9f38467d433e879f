/**
 * What of a request a provider behind our own form cannot do. A parameter is refused by its name, or, where it changes
 * nothing about an answer, reported as one that had no effect; it is never dropped in silence.
 */
import {
  findAnthropicConflict,
  findAnthropicIdleOptions,
  type OptionConflict,
} from '../../domain/model/anthropic-thinking.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelOptions, ModelRequest } from '../../ports/model-client.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from './error.ts';
import type { ToolRequest } from './functions.ts';

export interface Capabilities {
  /** For sentences: `anthropic`. */
  readonly provider: string;
  readonly highestTemperature: number;
  /** The same seed gives the same answer. */
  readonly seed: boolean;
  readonly jsonObject: boolean;
  /** `frequency_penalty` and `presence_penalty`. */
  readonly penalties: boolean;
  /** `reasoning_effort`. */
  readonly reasoning: boolean;
  /** How likely each token was. */
  readonly logprobs?: boolean;
  /** Parts of a message that are images. */
  readonly images: boolean;
  /** Parts of a message that are documents. */
  readonly files: boolean;
  /** Files of text of every kind, and no other file. */
  readonly textFiles?: true;
  /** Samples among the likeliest `top_k` tokens alone, where that is asked for. */
  readonly topK?: true;
  /** Follows rules and does not sample: there is nothing to vary. */
  readonly isRuled?: true;
  /** Tells its thoughts unasked, to those who can be shown some. */
  readonly tellsThoughts?: true;
  /** Stop texts of white space alone. */
  readonly blankStop: boolean;
  /** Tells the provider who of several in one role says a message. */
  readonly names?: boolean;
  /** Tells the provider who the end user is. */
  readonly user: boolean;
  /** Reads the labels in `metadata`. */
  readonly metadata?: true;
  /** For a request that sets no limit. */
  readonly defaultMaxOutputTokens: number;
  /** What this model cannot have of a request that its provider can; the first such option. */
  readonly findConflict?: (request: ModelRequest) => OptionConflict | undefined;
  /** What this very request will have no effect of. */
  readonly findIdle?: (request: ModelRequest) => readonly (keyof ModelOptions)[];
}

export const anthropicCapabilities: Capabilities = {
  provider: 'anthropic',
  highestTemperature: 1,
  seed: false,
  jsonObject: false,
  penalties: false,
  reasoning: true,
  images: true,
  files: true,
  topK: true,
  blankStop: false,
  user: true,
  defaultMaxOutputTokens: 8_192,
  findConflict: findAnthropicConflict,
  findIdle: findAnthropicIdleOptions,
};

/** Models of this wire behind the port, where a request cannot be passed on as it is. */
export const openAiCapabilities: Capabilities = {
  provider: 'openai',
  highestTemperature: 2,
  seed: true,
  jsonObject: true,
  penalties: true,
  reasoning: true,
  images: true,
  files: true,
  blankStop: true,
  names: true,
  logprobs: true,
  user: true,
  defaultMaxOutputTokens: 8_192,
};

/** What any model at all may be able to do, for a look at a request before its model is chosen. */
export const anyCapabilities: Capabilities = {
  ...openAiCapabilities,
  provider: 'such',
  topK: true,
  defaultMaxOutputTokens: 1_000,
};

export const offlineCapabilities: Capabilities = {
  provider: 'offline',
  isRuled: true,
  highestTemperature: 2,
  seed: true,
  jsonObject: true,
  // Taken like a temperature: many chat programs send some with every request, and there is nothing to vary.
  penalties: true,
  reasoning: false,
  images: true,
  files: true,
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
  service_tier: ['auto', 'default'],
  verbosity: ['medium'],
};

/** Parameters that no translated answer can have, whatever the provider. */
const impossible = [
  'audio',
  'logit_bias',
  'logprobs',
  'moderation',
  'n',
  'prediction',
  'prompt_cache_options',
  'prompt_cache_retention',
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

const asks = (request: ToolRequest, name: (typeof impossible)[number]): boolean => {
  const value: unknown = request[name];
  if (value === undefined || value === null || neutral[name]?.includes(value) === true) return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
};

const stopsOf = ({ stop }: ToolRequest): readonly string[] => (typeof stop === 'string' ? [stop] : (stop ?? []));

const refusalOf = (request: ToolRequest, able: Capabilities): OpenAiRefusal | undefined => {
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
  const penalty = (['frequency_penalty', 'presence_penalty'] as const).find((name) => (request[name] ?? 0) !== 0);
  if (penalty !== undefined && !able.penalties) return unsupported(penalty, `${provider} models have no penalties.`);
  if ((request.reasoning_effort ?? 'none') !== 'none' && !able.reasoning) {
    return unsupported('reasoning_effort', `${provider} models do not reason here.`);
  }
  if (typeof seed === 'number' && !able.seed) return unsupported('seed', `${provider} models have no seed.`);
  if (format?.type === 'json_object' && typeof format['schema'] !== 'object' && !able.jsonObject) {
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
  request: ToolRequest,
  able: Capabilities,
): Result<readonly string[], OpenAiRefusal> => {
  const refusal = refusalOf(request, able);
  if (refusal !== undefined) return err(refusal);
  const names = able.user ? labels : ([...labels, 'user'] as const);
  const without = names.filter((name) => name !== 'metadata' || able.metadata !== true);
  return ok(without.filter((name) => request[name] !== undefined && request[name] !== null));
};

const parameterNames: Readonly<Partial<Record<keyof ModelOptions, string>>> = {
  toolChoice: 'tool_choice',
  topP: 'top_p',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  format: 'response_format',
  reasoningEffort: 'reasoning_effort',
};

const parameterOf = (option: keyof ModelOptions): string => parameterNames[option] ?? option;

/** The parameters that this very request has no effect of. */
export const findIdle = (request: ModelRequest, able: Capabilities): readonly string[] =>
  (able.findIdle?.(request) ?? []).map(parameterOf);

/** The refusal of what this very model cannot have together, or undefined. */
export const findConflict = (request: ModelRequest, able: Capabilities): OpenAiRefusal | undefined => {
  const conflict = able.findConflict?.(request);
  if (conflict === undefined) return undefined;
  return unsupported(parameterOf(conflict.option), `The model '${request.model}' ${conflict.message}.`);
};
