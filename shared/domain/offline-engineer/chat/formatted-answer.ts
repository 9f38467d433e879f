/** Answers in a form that was asked for: with what was said and what tools answered in it, and else the least it allows. */
import { err, ok, type Result } from '../../../errors/result.ts';
import type { AnswerFormat, ModelRequest } from '../../../ports/model-client.ts';
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

/** The text of the answer, or why it cannot be given in this form. */
export const answerInForm = (request: ModelRequest, format: AnswerFormat, words: string): Result<string, string> => {
  if (format.type === 'json_object') return ok(JSON.stringify({ answer: words }));
  const { said, results } = readTurn(request.messages);
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
