/** Answers in a form that was asked for: with what was said and what tools answered in it, and else the least it allows. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { AnswerFormat, JsonSchema, ModelMessage, ModelRequest } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';
import { SaidValues } from './said-values.ts';
import { isSchema } from './schema-merge.ts';
import { readTurn, type ToolResult } from './turn.ts';
import { nameWords, stemOf } from './words.ts';

/** Names of properties that hold an answer in words. */
const spoken = new Set(
  'answer response text message summary content reply explanation output result reason description comment greeting'
    .split(' ')
    .map(stemOf),
);

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A tool that answers in words.
    return undefined;
  }
};

/** What the last tool that tells of it says; undefined where none does. */
const answered = (name: string, results: readonly ToolResult[]): unknown => {
  for (const { content } of results.toReversed()) {
    const value = parse(content);
    if (isSchema(value) && Object.hasOwn(value, name)) return value[name];
  }
  return undefined;
};

const longestTold = 20_000;
const mostBraces = 64;
/** Only the latest messages are looked at for a schema. */
const mostMessages = 20;

/** The text up to the brace that closes its first one. */
const closed = (text: string): string | undefined => {
  let depth = 0;
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    depth += brace === '{' ? 1 : -1;
    if (depth === 0) return text.slice(0, index + 1);
  }
  return undefined;
};

interface ToldSchema {
  readonly schema: JsonSchema;
  /** As it stands there. */
  readonly written: string;
}

/** The schema of an object that stands in a text, and is not a piece of something larger. */
const schemaIn = (text: string): ToldSchema | undefined => {
  const told = text.slice(0, longestTold);
  for (const { index } of [...told.matchAll(/\{/g)].slice(0, mostBraces)) {
    if (/":\s*$/.test(told.slice(Math.max(0, index - 10), index))) continue;
    const written = closed(told.slice(index)) ?? '';
    const schema = parse(written);
    if (isSchema(schema) && schema['type'] === 'object' && isSchema(schema['properties'])) return { schema, written };
  }
  return undefined;
};

/** The schema that the instructions show: clients without another way write it there. */
const schemaTold = ({ system, messages }: ModelRequest): ToldSchema | undefined => {
  for (const text of [system, ...messages.slice(-mostMessages).map(({ content }) => content)]) {
    const told = schemaIn(text);
    if (told !== undefined) return told;
  }
  return undefined;
};

/** What the person said since the last answer, in one message or several. */
const saidLately = (messages: readonly ModelMessage[]): string => {
  const late = messages.slice(messages.findLastIndex(({ role }) => role !== 'user') + 1);
  return late.length === 0 ? readTurn(messages).said : late.map(({ content }) => content).join('\n');
};

const asksForJson = (text: string): boolean =>
  /\bjson\b/i.test(text) &&
  /schema/i.test(text) &&
  /\b(?:answer|respon[ds]|repl[yi]|return|output|conform|adhere)/i.test(text);

/** The form that the instructions or the last messages ask for in words, as clients do that know no parameter for it. */
const formInWords = ({ system, messages, tools }: ModelRequest): ToldSchema | undefined => {
  if (tools.length > 0) return undefined;
  const asking = [saidLately(messages), system].find((text) => asksForJson(text) && schemaIn(text) !== undefined);
  return asking === undefined ? undefined : schemaIn(asking);
};

/** The words of an answer, in the form that was asked for in words where one was. */
export const answerAsTold = (request: ModelRequest, words: string): string => {
  const told = formInWords(request);
  if (told === undefined) return words;
  const answer = answerInForm(request, { type: 'json_schema', name: 'schema', schema: told.schema }, words);
  return answer.ok ? answer.value : words;
};

/** The text of the answer, or why it cannot be given in this form. */
export const answerInForm = (request: ModelRequest, format: AnswerFormat, words: string): Result<string, string> => {
  const { results } = readTurn(request.messages);
  if (format.type === 'json_object') {
    const schema = schemaTold(request)?.schema;
    const answer =
      schema === undefined ? undefined : answerInForm(request, { type: 'json_schema', name: 'schema', schema }, words);
    return answer?.ok === true ? answer : ok(JSON.stringify({ answer: words }));
  }
  // The words of a schema are not what was said.
  const lately = saidLately(request.messages);
  const said = lately.replace(schemaIn(lately)?.written ?? '', () => '');
  const values = new SaidValues(said, { guessed: [] });
  const made = minimalValue(format.schema, format.name, (name, schema) => {
    const known = answered(name, results) ?? values.of(name, schema);
    if (known !== undefined || schema['type'] !== 'string') return known;
    return nameWords(name).some((word) => spoken.has(word)) ? words : undefined;
  });
  return made.ok
    ? ok(JSON.stringify(made.value))
    : err(`The offline engineer cannot keep to the schema ${format.name}: ${made.error}.`);
};
