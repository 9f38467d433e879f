/** What one answer says of the model that gave it. */
import type { AnswerFormat, JsonSchema, ModelFailure, StopReason } from '../../../ports/model-client.ts';
import { isProviderFault } from '../breaker.ts';
import { readArguments } from '../call-arguments.ts';
import type { CollectedAnswer } from '../collect.ts';
import { trial, type QualityCount, type QualityCounts } from './measures.ts';
import { fitSchema } from './schema-fit.ts';

export interface OfferedTool {
  readonly name: string;
  readonly parameters: JsonSchema;
}

export interface WrittenCall {
  readonly name: string;
  readonly argumentsJson: string;
}

/** What the request asked for. */
export interface AskedFor {
  readonly format?: AnswerFormat | undefined;
  readonly tools: readonly OfferedTool[];
  readonly maxOutputTokens: number;
}

/** What is known of an answer. Absent text or calls: they were not kept, and are not judged. */
export interface AnswerFacts {
  readonly stopReason: StopReason;
  readonly text?: string | undefined;
  readonly toolCalls?: readonly WrittenCall[] | undefined;
}

/** Whoever asks for a shorter answer than this cuts it off on purpose. */
const cutLimitTokens = 1_024;

const parse = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // That is what is to be known.
    return undefined;
  }
};

/** Refused and cut-off answers are counted as such; those with tool calls are not the answer yet. */
const schemaTrial = (
  { format }: AskedFor,
  { stopReason, text, toolCalls = [] }: AnswerFacts,
): QualityCount | undefined => {
  if (format === undefined || text === undefined || stopReason !== 'end' || toolCalls.length > 0) return undefined;
  const parsed = parse(text);
  if (parsed === undefined) return trial(true);
  const schema = format.type === 'json_object' ? { type: 'object' } : format.schema;
  const fit = fitSchema(schema, parsed.value);
  return fit === 'unknown' ? undefined : trial(fit === 'misses');
};

const toolTrials = ({ tools }: AskedFor, { stopReason, toolCalls }: AnswerFacts): QualityCounts => {
  if (toolCalls === undefined || toolCalls.length === 0 || stopReason === 'length') return {};
  const toolByName = new Map(tools.map((tool) => [tool.name, tool]));
  const known = toolCalls.flatMap((call) => {
    const tool = toolByName.get(call.name);
    return tool === undefined ? [] : [{ call, tool }];
  });
  const fits = known.map(({ call, tool }) => {
    const input = readArguments(call.argumentsJson);
    return input === undefined ? 'misses' : fitSchema(tool.parameters, input);
  });
  const isTold = known.length > 0 && (fits.includes('misses') || !fits.includes('unknown'));
  return {
    unknown_tool: trial(known.length < toolCalls.length),
    ...(isTold ? { tool_arguments: trial(fits.includes('misses')) } : {}),
  };
};

/** The counts of an answer that came to its end. All calls of an answer together are one trial: they are not independent. */
export const countAnswer = (asked: AskedFor, facts: AnswerFacts): QualityCounts => {
  const schema = schemaTrial(asked, facts);
  const counts: { -readonly [Measure in keyof QualityCounts]: QualityCounts[Measure] } = {
    failure: trial(false),
    refusal: trial(facts.stopReason === 'refusal'),
  };
  if (asked.maxOutputTokens >= cutLimitTokens) counts.truncation = trial(facts.stopReason === 'length');
  if (schema !== undefined) counts.schema = schema;
  return facts.toolCalls === undefined ? counts : { ...counts, ...toolTrials(asked, facts) };
};

/** The counts of a call without an answer: none where it was not the provider's fault. */
export const countFailure = (failure: ModelFailure): QualityCounts =>
  isProviderFault(failure) ? { failure: trial(true) } : {};

/**
 * The counts of one step of an agent. It needs a tool call in each answer, so one without, and one whose calls cannot be
 * made as they stand, has the model asked again, and so does an answer that cannot be read.
 */
export const countAgentStep = (asked: AskedFor, answer: CollectedAnswer): QualityCounts => {
  if (!answer.ok) {
    const isUnreadable = answer.failure.kind === 'malformed_response';
    return { ...countFailure(answer.failure), ...(isUnreadable ? { repair: trial(true) } : {}) };
  }
  const counts = countAnswer(asked, answer);
  const isUseless =
    answer.toolCalls.length === 0 || counts.unknown_tool?.total === 1 || counts.tool_arguments?.total === 1;
  return { ...counts, repair: trial(isUseless) };
};
