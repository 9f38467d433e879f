/**
 * Tools that a project brings: an HTTP server behind a definition. What a server is told of a call depends on the
 * class: `idempotent` and `lookup` tools get a key that stays the same over all attempts, the others get none.
 */
import type { Issue } from '../../errors/result.ts';
import {
  maxConnectedTools,
  maxToolParametersLength,
  maxToolTimeoutMs,
  type ConnectedTool,
} from '../../protocol/connected-tools.ts';
import type { ToolLookup, ToolServerAnswer } from '../../ports/tool-server.ts';
import { toolError, type LookupAnswer, type Tool, type ToolContext, type ToolResult } from './tool.ts';

/** Tries of a call that may be made twice, before it counts as failed. */
const attempts = 3;

const describedLength = 300;

/** Faults that a schema cannot see: names given twice or taken, a lookup without an address, too large a schema. */
export const findToolFaults = (
  tools: readonly ConnectedTool[],
  isBuiltIn: (name: string) => boolean,
): readonly Issue[] => {
  const faults: Issue[] =
    tools.length > maxConnectedTools ? [{ field: 'tools', reason: `are more than ${maxConnectedTools}` }] : [];
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    const fault = (field: string, reason: string): void => {
      faults.push({ field: `tools.${index}.${field}`, reason });
    };
    if (isBuiltIn(tool.name)) fault('name', `${tool.name} is a tool of the platform`);
    if (names.has(tool.name)) fault('name', `${tool.name} is given twice`);
    names.add(tool.name);
    if (tool.parameters['type'] !== 'object') fault('parameters', 'must be a JSON Schema of type object');
    if (JSON.stringify(tool.parameters).length > maxToolParametersLength) {
      fault('parameters', `must have at most ${maxToolParametersLength} characters as JSON`);
    }
    if (tool.effectClass === 'lookup' && tool.lookupUrl === undefined) fault('lookupUrl', 'is needed for this class');
    if (tool.effectClass !== 'lookup' && tool.lookupUrl !== undefined) fault('lookupUrl', 'is for the class lookup');
    if (!(tool.timeoutMs > 0 && tool.timeoutMs <= maxToolTimeoutMs)) fault('timeoutMs', `is above ${maxToolTimeoutMs}`);
  }
  return faults;
};

const parseArguments = (argumentsJson: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(argumentsJson === '' ? '{}' : argumentsJson);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // Told to the model as wrong arguments.
    return undefined;
  }
};

const toContent = (text: string, wasCut: boolean): string => {
  if (text.trim() === '') return 'Done; the answer was empty.';
  return wasCut ? `${text}\n[the answer went on]` : text;
};

const toResult = (answer: ToolServerAnswer): ToolResult => {
  switch (answer.type) {
    case 'answered':
      return { content: toContent(answer.text, answer.cut) };
    case 'refused':
      return toolError(answer.reason);
    case 'unknown':
      return { content: answer.reason, isError: true, effect: 'unknown' };
  }
};

const toLookupAnswer = (lookup: ToolLookup): LookupAnswer => {
  switch (lookup.type) {
    case 'found':
      return { status: 'found', result: { content: toContent(lookup.text, false) } };
    case 'absent':
      return { status: 'absent' };
    case 'unknown':
      return { status: 'unknown', reason: lookup.reason };
  }
};

const call = async (tool: ConnectedTool, argumentsJson: string, context: ToolContext): Promise<ToolResult> => {
  const input = parseArguments(argumentsJson);
  if (input === undefined) return toolError('The arguments are not a JSON object.');
  const { call: made, toolServer } = context;
  const isKeyed = tool.effectClass === 'idempotent' || tool.effectClass === 'lookup';
  const { key, ...rest } = made;
  const answer = await toolServer.call({
    url: tool.url,
    timeoutMs: tool.timeoutMs,
    ...(isKeyed ? { idempotencyKey: key } : {}),
    body: { tool: tool.name, arguments: input, call: isKeyed ? { key, ...rest } : rest },
  });
  return toResult(answer);
};

/** The tool that agents call. */
export const connectTool = (tool: ConnectedTool): Tool => {
  const { name, description, parameters, effectClass, lookupUrl, timeoutMs } = tool;
  const shared = {
    name,
    definition: { name, description, parameters },
    describe: (argumentsJson: string) => argumentsJson.slice(0, describedLength),
    run: (argumentsJson: string, context: ToolContext) => call(tool, argumentsJson, context),
    isConnected: true,
    version: 1,
    capability: 'connected' as const,
    cost: 'high' as const,
    examples: [],
  };
  if (effectClass !== 'lookup') return { ...shared, effectClass, ...(effectClass === 'unsafe' ? {} : { attempts }) };
  return {
    ...shared,
    effectClass,
    attempts,
    lookUp: async (context) =>
      lookupUrl === undefined
        ? { status: 'unknown', reason: 'The tool has no address to ask.' }
        : toLookupAnswer(await context.toolServer.lookUp({ url: lookupUrl, key: context.call.key, timeoutMs })),
  };
};
