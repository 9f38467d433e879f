/** Answers in words: what tools answered, what a picture is, what is known of the platform, or what this model is. */
import type { ModelRequest } from '../../../ports/model-client.ts';
import { answerFromFacts } from './facts.ts';
import { readInstruction } from './instruction.ts';
import { matchCalls } from './matched-calls.ts';
import { answerAboutMedia } from './media-answer.ts';
import { smallTalk } from './small-talk.ts';
import { summaryOfConversation } from './summary.ts';
import { readTurn, type ToolResult } from './turn.ts';

const introduction =
  'I am the offline engineer of AIDevOS: a rule-based program and not a language model, so I cannot talk about your message. I answer questions about AIDevOS, and I build web applications from product specifications: send one to POST /api/projects or run "aidevos build <file>".';

const longestQuote = 500;
const mostQuotes = 8;

const quote = ({ toolName, content, isError }: ToolResult): string => {
  const words = content.length > longestQuote ? `${content.slice(0, longestQuote)}…` : content;
  return isError ? `The tool ${toolName} failed: ${words}` : `The tool ${toolName} answered: ${words}`;
};

const noTool = ({ tools }: ModelRequest): string => {
  const offered = tools.slice(0, 20).map(({ name }) => name);
  return `I understand what you ask for, and none of the tools that I was given does it: ${offered.join(', ')}.`;
};

const lackingWords = (said: string, { tools, options }: ModelRequest): string | undefined => {
  if (options?.toolChoice?.type === 'none') return undefined;
  const { lacking } = matchCalls(said, tools);
  if (lacking === undefined || lacking.properties.length === 0) return undefined;
  const names = lacking.properties.map((name) => `“${name}”`).join(', ');
  return `The tool ${lacking.tool} seems to be meant, but your message does not say ${names}. Say it as “name: value”.`;
};

/** The answer to the last message. */
export const answerInWords = (request: ModelRequest): string => {
  const { said, parts, latest, earlier } = readTurn(request.messages);
  if (latest.length > 0) return latest.slice(-mostQuotes).map(quote).join('\n');
  if (request.tools.length > 0 && readInstruction(said) !== undefined) return noTool(request);
  const media = answerAboutMedia(parts);
  if (media !== undefined) return media;
  const summary = summaryOfConversation(said);
  if (summary !== undefined) return summary;
  const talk = smallTalk(said, earlier);
  if (talk !== undefined) return talk;
  const facts = answerFromFacts(said);
  if (facts.length > 0) return facts.join('\n\n');
  return lackingWords(said, request) ?? introduction;
};
