/** Tokens as Anthropic counts them: its `input_tokens` leaves out what was read from or written to a cache. */
import type { ModelUsage } from '../../ports/model-client.ts';

/** The figures of a message. Null is what is not known here. */
export interface AnthropicUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number } | null;
  readonly server_tool_use: null;
}

const noUsage: ModelUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0 };

/** Our figures in Anthropic's words; nothing told is 0, because the protocol has no other way to say it. */
export const toAnthropicUsage = (usage: ModelUsage = noUsage): AnthropicUsage => {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens = 0, reasoningTokens } = usage;
  return {
    input_tokens: Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens),
    output_tokens: outputTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
    server_tool_use: null,
  };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const figures = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'thinking_tokens',
] as const;

type Figure = (typeof figures)[number];

const figureOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

/**
 * The passes over the answer that the model itself made, of which the figures beside them leave some out: those of an
 * adviser are another model's. None where another model took over, because then the figures beside them are its.
 */
const ownPasses = (usage: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] => {
  const { iterations } = usage;
  const passes: readonly unknown[] = Array.isArray(iterations) ? iterations : [];
  const known = passes.filter(isRecord);
  return known.some(({ type }) => type === 'fallback_message')
    ? []
    : known.filter(({ type }) => type === 'message' || type === 'compaction');
};

/** Reads the usage of an answer of Anthropic's, whole or as its stream tells it: a later figure replaces an earlier. */
export class UsageReader {
  readonly #figures = new Map<Figure, number>();

  /** `usage` may be anything. */
  note(usage: unknown): void {
    if (!isRecord(usage)) return;
    const details = usage['output_tokens_details'];
    const passes = ownPasses(usage);
    for (const name of figures) {
      const told = figureOf(name === 'thinking_tokens' && isRecord(details) ? details[name] : usage[name]);
      const parts = passes.flatMap((pass) => figureOf(pass[name]) ?? []);
      const figure = parts.length > 0 ? parts.reduce((sum, part) => sum + part, 0) : told;
      if (figure !== undefined) this.#figures.set(name, figure);
    }
  }

  /** Undefined when the provider told nothing: no figure is better than a wrong one. */
  get usage(): ModelUsage | undefined {
    const input = this.#figures.get('input_tokens');
    const outputTokens = this.#figures.get('output_tokens');
    if (input === undefined || outputTokens === undefined) return undefined;
    const cachedInputTokens = this.#figures.get('cache_read_input_tokens') ?? 0;
    const cacheWriteTokens = this.#figures.get('cache_creation_input_tokens') ?? 0;
    const reasoningTokens = this.#figures.get('thinking_tokens');
    return {
      inputTokens: input + cachedInputTokens + cacheWriteTokens,
      outputTokens,
      cachedInputTokens,
      cacheWriteTokens,
      ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    };
  }
}
