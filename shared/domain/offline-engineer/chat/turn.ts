/** The part of a conversation that is answered now: the last thing a person said, and what tools answered since. */
import type { ContentPart, ModelMessage, ModelRequest } from '../../../ports/model-client.ts';

export type ToolResult = Extract<ModelMessage, { role: 'tool' }>;

export interface Turn {
  readonly said: string;
  readonly parts: readonly ContentPart[];
  readonly results: readonly ToolResult[];
  /** Those of the calls that were made last, side by side. */
  readonly latest: readonly ToolResult[];
  /** What the person said before, oldest first. */
  readonly earlier: readonly string[];
}

const resultsIn = (messages: readonly ModelMessage[]): readonly ToolResult[] =>
  messages.filter((message): message is ToolResult => message.role === 'tool');

const surroundings = ['<environment_details>', '</environment_details>'] as const;

/** What a person said, without what some clients add to it: the time, the folder, the files that are open. */
const withoutSurroundings = (text: string): string => {
  const start = text.lastIndexOf(surroundings[0]);
  return start !== -1 && text.trimEnd().endsWith(surroundings[1]) ? text.slice(0, start).trimEnd() : text;
};

/** Reads it out of the messages; empty where no person has said anything. */
export const readTurn = (messages: readonly ModelMessage[]): Turn => {
  const index = messages.findLastIndex(({ role }) => role === 'user');
  const message = messages[index];
  const user = message?.role === 'user' ? message : undefined;
  return {
    said: withoutSurroundings(user?.content ?? ''),
    parts: user?.parts ?? [],
    results: resultsIn(messages.slice(index + 1)),
    latest: resultsIn(messages.slice(messages.findLastIndex(({ role }) => role !== 'tool') + 1)),
    earlier: messages.slice(0, Math.max(0, index)).flatMap(({ role, content }) => (role === 'user' ? [content] : [])),
  };
};

const folderPattern =
  /\b(?:working directory|current directory|working in the directory|workspace (?:root|folder|directory)|project root|cwd)\b[^\n/]{0,40}?[\s:="'`(](\/[^\s"'`<>,;)]{1,400})/i;

/** The folder that a client says it works in, in what it tells the model of itself. */
export const workingFolder = ({ system, messages }: ModelRequest): string | undefined => {
  const told = [system, ...messages.flatMap(({ role, content }) => (role === 'user' ? [content] : []))];
  for (const text of told) {
    const found = folderPattern.exec(text)?.[1]?.replace(/[./]+$/, '');
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
};
