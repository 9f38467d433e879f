/** What the offline engineer sees: the task's header lines, and what its calls gave back so far. Nothing else. */
import type { ModelMessage, ModelRequest } from '../../ports/model-client.ts';

export interface MadeCall {
  readonly tool: string;
  readonly argumentsJson: string;
  readonly content: string;
  readonly isError: boolean;
  /** The answer that made the call, counted from 0. */
  readonly turn: number;
}

export interface Conversation {
  readonly task: string;
  /** `Kind`, `Key`, `Subject`, `Attempt`, `Revision` and the like, as the task states them. */
  readonly header: ReadonlyMap<string, string>;
  /** Calls that have a result, in order. */
  readonly calls: readonly MadeCall[];
  readonly offered: ReadonlySet<string>;
  /** How many answers were given so far; makes call ids unique. */
  readonly turn: number;
}

const headerPattern = /^([A-Z][a-z]+): (.+)$/;

const readHeader = (task: string): ReadonlyMap<string, string> => {
  const header = new Map<string, string>();
  for (const line of task.split('\n')) {
    if (line.startsWith('## ')) break;
    const match = headerPattern.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined && !header.has(match[1])) header.set(match[1], match[2]);
  }
  return header;
};

const readCalls = (messages: readonly ModelMessage[]): readonly MadeCall[] => {
  const made = new Map<string, { readonly argumentsJson: string; readonly turn: number }>();
  const calls: MadeCall[] = [];
  let turn = -1;
  for (const message of messages) {
    if (message.role === 'assistant') {
      turn += 1;
      for (const { id, argumentsJson } of message.toolCalls) made.set(id, { argumentsJson, turn });
    }
    if (message.role === 'tool') {
      calls.push({
        tool: message.toolName,
        argumentsJson: made.get(message.toolCallId)?.argumentsJson ?? '{}',
        turn: made.get(message.toolCallId)?.turn ?? turn,
        content: message.content,
        isError: message.isError,
      });
    }
  }
  return calls;
};

/** Reads the conversation out of a model request. */
export const readConversation = (request: ModelRequest): Conversation => {
  const first = request.messages.find(({ role }) => role === 'user');
  const task = first?.role === 'user' ? first.content : '';
  return {
    task,
    header: readHeader(task),
    calls: readCalls(request.messages),
    offered: new Set(request.tools.map(({ name }) => name)),
    turn: request.messages.filter(({ role }) => role === 'assistant').length,
  };
};

/** The last call of a tool that has a result. */
export const lastCall = (conversation: Conversation, tool: string): MadeCall | undefined =>
  conversation.calls.findLast((call) => call.tool === tool);

/** The lines of a section of the task, without their bullets. */
export const readSection = (task: string, title: string): readonly string[] => {
  const lines = task.split('\n');
  const start = lines.indexOf(`## ${title}`);
  if (start === -1) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return (end === -1 ? rest : rest.slice(0, end)).filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
};

/** An answer: some words, and calls to make. */
export interface Answer {
  readonly text: string;
  readonly calls: readonly { readonly tool: string; readonly input: unknown }[];
}

export const answer = (text: string, ...calls: Answer['calls']): Answer => ({ text, calls });
