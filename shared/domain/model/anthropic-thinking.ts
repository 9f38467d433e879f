/**
 * How Anthropic's models are told to think, and what they cannot be asked for while they do
 * (https://platform.claude.com/docs/en/build-with-claude/thinking). From version 4.6 on a model decides itself how much,
 * guided by an effort; models before are given a budget of tokens, and those before 3.7 do not think.
 */
import type { ModelMessage, ModelOptions, ModelRequest, ReasoningEffort } from '../../ports/model-client.ts';
import { toAnthropicMessages } from './anthropic-messages.ts';

export type AnthropicEffort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export type ThinkingPlan =
  /** Nothing is said: what the model does by itself. */
  | { readonly type: 'unsaid' }
  | { readonly type: 'disabled' }
  | { readonly type: 'adaptive'; readonly effort: AnthropicEffort }
  | { readonly type: 'budget'; readonly tokens: number };

/** An option that a model cannot have, and why, in a sentence for a person. */
export interface OptionConflict {
  readonly option: keyof ModelOptions;
  readonly message: string;
}

const versionPattern = /claude-[a-z]+-(\d+)(?:[-.](\d{1,2}))?(?!\d)/;
const withoutThinking = /claude-(?:instant|v?[12](?=$|[-.:])|3(?![-.]7))/;

const abilityOf = (model: string): 'none' | 'budget' | 'adaptive' => {
  if (withoutThinking.test(model)) return 'none';
  // Another maker's model behind this wire knows the older words more likely.
  if (!/claude-[a-z]/.test(model)) return 'budget';
  const [, major, minor = '0'] = versionPattern.exec(model) ?? [];
  return major === undefined || Number(major) * 100 + Number(minor) >= 406 ? 'adaptive' : 'budget';
};

const smallestBudget = 1_024;

type AskedEffort = Exclude<ReasoningEffort, 'none'>;

/** Of the limit of output tokens, which thinking counts towards. */
const budgetShares: Readonly<Record<AskedEffort, number>> = {
  minimal: 0,
  low: 0.2,
  medium: 0.4,
  high: 0.6,
  xhigh: 0.8,
  max: 0.9,
};

/**
 * With a budget, a turn that called tools without having begun with thought cannot go on thinking; the models with
 * efforts can. What a person adds to the results of tools belongs to the same turn, and answers with nothing sent between
 * them are one.
 */
const isInTurnWithoutThought = (messages: readonly ModelMessage[]): boolean => {
  const last = toAnthropicMessages(messages).findLast(({ role }) => role === 'assistant');
  if (last?.content.some(({ type }) => type === 'tool_use') !== true) return false;
  const first = last.content[0]?.type;
  return first !== 'thinking' && first !== 'redacted_thinking';
};

/** What to tell the model about thinking. */
export const planThinking = ({ model, messages, maxOutputTokens, options = {} }: ModelRequest): ThinkingPlan => {
  const { reasoningEffort: effort } = options;
  const ability = abilityOf(model);
  if (effort === undefined || ability === 'none') return { type: 'unsaid' };
  if (effort === 'none') return { type: 'disabled' };
  if (ability === 'adaptive') return { type: 'adaptive', effort: effort === 'minimal' ? 'low' : effort };
  if (isInTurnWithoutThought(messages)) return { type: 'disabled' };
  return { type: 'budget', tokens: Math.max(smallestBudget, Math.floor(maxOutputTokens * budgetShares[effort])) };
};

/** Options that are taken and have no effect this time: a turn that began without thinking ends without it. */
export const findAnthropicIdleOptions = (request: ModelRequest): readonly (keyof ModelOptions)[] => {
  const asked = request.options?.reasoningEffort ?? 'none';
  return asked !== 'none' && planThinking(request).type === 'disabled' ? ['reasoningEffort'] : [];
};

const findThinkingConflict = (request: ModelRequest): OptionConflict | undefined => {
  const { options = {}, maxOutputTokens } = request;
  const plan = planThinking(request);
  if (plan.type === 'unsaid' || plan.type === 'disabled') return undefined;
  if (plan.type === 'budget' && plan.tokens >= maxOutputTokens) {
    const message = `reasons only with a limit of more than ${smallestBudget} output tokens`;
    return { option: 'reasoningEffort', message };
  }
  if (options.temperature !== undefined && options.temperature !== 1) {
    return { option: 'temperature', message: 'takes no temperature but 1 while it reasons' };
  }
  if (options.topK !== undefined) return { option: 'topK', message: 'takes no top_k while it reasons' };
  if (options.topP !== undefined && options.topP < 0.95) {
    return { option: 'topP', message: 'takes no top_p below 0.95 while it reasons' };
  }
  const choice = options.toolChoice?.type;
  return choice === 'required' || choice === 'named'
    ? { option: 'toolChoice', message: 'cannot be made to call a tool while it reasons' }
    : undefined;
};

/** The first option that Anthropic's model cannot have; nothing is left out in silence. */
export const findAnthropicConflict = (request: ModelRequest): OptionConflict | undefined => {
  const { model, options = {} } = request;
  if (options.seed !== undefined) return { option: 'seed', message: 'has no seed' };
  if (options.frequencyPenalty !== undefined) return { option: 'frequencyPenalty', message: 'has no penalties' };
  if (options.presencePenalty !== undefined) return { option: 'presencePenalty', message: 'has no penalties' };
  if (options.format?.type === 'json_object') return { option: 'format', message: 'has no json_object format' };
  if (options.reasoningEffort !== undefined && options.reasoningEffort !== 'none' && abilityOf(model) === 'none') {
    return { option: 'reasoningEffort', message: 'does not reason' };
  }
  return findThinkingConflict(request);
};
