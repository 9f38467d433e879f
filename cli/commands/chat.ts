/** `aidevos chat`: talks to the team, to a role, an agent or any model, as every client of OpenAI's API can. */
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { streamChat, type ChatMessage } from '../api/chat.ts';
import { createContext, type CommandContext } from '../context.ts';
import { usageFailure } from '../exit-codes.ts';
import { readSpecificationFile } from '../specification-file.ts';

interface ChatOptions {
  readonly model: string;
  readonly file?: string;
}

/** What may steer a terminal is left out; line ends and tabs stay. */
const printable = (text: string): string => text.replaceAll(/[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu, '');

/** Prints the answer as it comes, and answers all of it. Reasoning goes to standard error. */
const printAnswer = async (
  { connection, json }: CommandContext,
  model: string,
  messages: readonly ChatMessage[],
): Promise<string> => {
  let content = '';
  for await (const { type, text } of streamChat(connection, model, messages)) {
    if (type === 'content') content += text;
    if (json) console.log(JSON.stringify({ type, text }));
    else (type === 'content' ? process.stdout : process.stderr).write(printable(text));
  }
  if (!json && !content.endsWith('\n')) process.stdout.write('\n');
  return content;
};

/** One message after another, each with all that was said before. */
const converse = async (context: CommandContext, model: string): Promise<void> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ' });
  const messages: ChatMessage[] = [];
  lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') {
      messages.push({ role: 'user', content: line });
      messages.push({ role: 'assistant', content: await printAnswer(context, model, messages) });
    }
    lines.prompt();
  }
};

const chat = async (words: readonly string[], options: ChatOptions, command: Command): Promise<void> => {
  const context = await createContext(command);
  const file = options.file === undefined ? [] : [(await readSpecificationFile(options.file)).specification];
  const content = [...(words.length === 0 ? [] : [words.join(' ')]), ...file].join('\n\n');
  if (content !== '') await printAnswer(context, options.model, [{ role: 'user', content }]);
  else if (context.json) throw usageFailure('with --json, say what to send: words, or a file with --file.');
  else await converse(context, options.model);
};

export const addChatCommand = (program: Command): void => {
  program
    .command('chat')
    .description('talk to the team, a role or an agent; without words, line by line')
    .argument('[words...]', 'what to say')
    .option(
      '--model <model>',
      'team, team/<project>, agent/<agent>, role/<role>, or any model of GET /v1/models',
      'team',
    )
    .option('--file <path>', 'a specification, or another text, to send along; - reads standard input')
    .action(chat);
};
