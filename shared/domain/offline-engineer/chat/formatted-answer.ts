/** Answers in a form that was asked for: with what was said and what tools answered in it, and else the least it allows. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { AnswerFormat, JsonSchema, ModelRequest } from '../../../ports/model-client.ts';
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

/** The text up to the brace that closes its first one. */
const closed = (text: string): string | undefined => {
  let depth = 0;
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    depth += brace === '{' ? 1 : -1;
    if (depth === 0) return text.slice(0, index + 1);
  }
  return undefined;
};

/** The schema of an object that the instructions show: clients without another way write it there. */
const schemaTold = ({ system, messages }: ModelRequest): JsonSchema | undefined => {
  for (const text of [system, ...messages.map(({ content }) => content)]) {
    const told = text.slice(0, longestTold);
    for (const { index } of [...told.matchAll(/\{/g)].slice(0, mostBraces)) {
      const found = parse(closed(told.slice(index)) ?? '');
      if (isSchema(found) && found['type'] === 'object' && isSchema(found['properties'])) return found;
    }
  }
  return undefined;
};

/** The text of the answer, or why it cannot be given in this form. */
export const answerInForm = (request: ModelRequest, format: AnswerFormat, words: string): Result<string, string> => {
  const { said, results } = readTurn(request.messages);
  if (format.type === 'json_object') {
    const schema = schemaTold(request);
    const answer =
      schema === undefined ? undefined : answerInForm(request, { type: 'json_schema', name: 'schema', schema }, words);
    return answer?.ok === true ? answer : ok(JSON.stringify({ answer: words }));
  }
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
