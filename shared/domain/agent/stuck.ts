/**
 * Whether a run gets on, judged from its conversation alone: the same calls, the same failures, nothing new, or too
 * much to read. Looks only at what came after the last help, so that help is given a chance.
 */
import type { ModelMessage, ToolCall } from '../../ports/model-client.ts';
import type { Stuck } from '../../protocol/stuck.ts';
import type { Run } from './state.ts';
import { stuckThresholds } from './stuck-thresholds.ts';

interface Step {
  readonly tool: string;
  readonly argumentsJson: string;
  readonly content: string;
  readonly isError: boolean;
}

const edits: ReadonlySet<string> = new Set(['write_files', 'edit_file', 'delete_file', 'update_branch']);
const checks: ReadonlySet<string> = new Set(['run_tests', 'check_types']);
/** Tools whose answer says only that something was done: what was done is in the arguments. */
const isDeed = (step: Step): boolean => edits.has(step.tool) || step.tool === 'commit' || step.tool === 'send_message';

const detailLength = 300;

const shorten = (text: string): string => (text.length <= detailLength ? text : `${text.slice(0, detailLength)}…`);

/** Durations and addresses differ from run to run without meaning anything. */
const normalize = (content: string): string => content.replaceAll(/\b\d+(?:\.\d+)? ?m?s\b/g, '0 ms');

/** The calls of the run with their results, in order, as far as both are there. */
const stepsOf = (messages: readonly ModelMessage[]): readonly Step[] => {
  const calls = new Map<string, ToolCall>();
  const steps: Step[] = [];
  for (const message of messages) {
    if (message.role === 'assistant') for (const call of message.toolCalls) calls.set(call.id, call);
    if (message.role !== 'tool') continue;
    const argumentsJson = calls.get(message.toolCallId)?.argumentsJson ?? '';
    const content = normalize(message.content);
    steps.push({ tool: message.toolName, argumentsJson, content, isError: message.isError });
  }
  return steps;
};

const isSameStep = (left: Step, right: Step): boolean =>
  left.tool === right.tool && left.argumentsJson === right.argumentsJson && left.content === right.content;

const findRepeatedCall = (steps: readonly Step[]): Stuck | undefined => {
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const others = steps.toReversed().findIndex((step) => !isSameStep(step, last));
  const times = others === -1 ? steps.length : others;
  return times < stuckThresholds.repeatedCalls
    ? undefined
    : {
        kind: 'repeated_call',
        evidence: [`${last.tool} was called ${times} times in a row with the same arguments.`, shorten(last.content)],
      };
};

/** How often in a row, with an edit in between, a check failed with the very same words. */
const findRepairLoop = (steps: readonly Step[]): Stuck | undefined => {
  const last = steps.at(-1);
  if (last === undefined || !last.isError || !checks.has(last.tool)) return undefined;
  let times = 0;
  let edited = true;
  for (const step of steps.toReversed()) {
    if (edits.has(step.tool) && !step.isError) edited = true;
    if (step.tool !== last.tool) continue;
    if (!step.isError || step.content !== last.content) break;
    if (edited) times += 1;
    edited = false;
  }
  return times < stuckThresholds.sameFailures
    ? undefined
    : {
        kind: 'repair_loop',
        evidence: [`${last.tool} failed in the same way after ${times - 1} repairs.`, shorten(last.content)],
      };
};

/** What a step showed or did, as far as it can be told from others. */
const newsOf = (step: Step): string =>
  isDeed(step) && !step.isError ? `${step.tool} ${step.argumentsJson}` : `${step.tool}\n${step.content}`;

const findNoProgress = (steps: readonly Step[]): Stuck | undefined => {
  const seen = new Set<string>();
  let without: string[] = [];
  for (const step of steps) {
    const news = newsOf(step);
    without = seen.has(news) ? [...without, step.tool] : [];
    seen.add(news);
  }
  return without.length < stuckThresholds.stepsWithoutNews
    ? undefined
    : {
        kind: 'no_progress',
        evidence: [
          `${without.length} steps in a row showed and changed nothing new.`,
          `They were: ${without.slice(-stuckThresholds.stepsWithoutNews).join(', ')}.`,
        ],
      };
};

/** A rough count, four characters to a token, as the platform has no tokenizer of any provider. */
export const estimateTokens = (messages: readonly ModelMessage[]): number =>
  Math.ceil(
    messages.reduce(
      (sum, message) =>
        sum +
        message.content.length +
        (message.role === 'assistant'
          ? message.toolCalls.reduce((length, { argumentsJson }) => length + argumentsJson.length, 0)
          : 0),
      0,
    ) / 4,
  );

const findOverflow = (run: Run, contextTokens: number | undefined): Stuck | undefined => {
  if (run.lastFailure?.kind === 'context_too_long') {
    return { kind: 'context_overflow', evidence: [`The model refused: ${shorten(run.lastFailure.message)}`] };
  }
  if (contextTokens === undefined) return undefined;
  const tokens = estimateTokens(run.messages);
  return tokens + stuckThresholds.reservedTokens <= contextTokens
    ? undefined
    : {
        kind: 'context_overflow',
        evidence: [`The conversation has about ${tokens} tokens; the model reads ${contextTokens} with its answer.`],
      };
};

/**
 * How the run is stuck, or undefined while it gets on. Call it when every tool call has its result.
 * @param contextTokens how much the model can read, when that is known
 */
export const detectStuck = (run: Run, contextTokens?: number): Stuck | undefined => {
  const overflow = findOverflow(run, contextTokens);
  if (overflow !== undefined) return overflow;
  const steps = stepsOf(run.messages.slice(run.helpedAt ?? 0));
  return findRepairLoop(steps) ?? findRepeatedCall(steps) ?? findNoProgress(steps);
};
