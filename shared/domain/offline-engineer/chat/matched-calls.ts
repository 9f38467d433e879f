/** Calls that answer a question, of the tools whose words it has. A tool is called only when the message says what it needs. */
import type { JsonSchema, ToolDefinition } from '../../../ports/model-client.ts';
import { minimalValue } from './minimal-value.ts';
import { SaidValues } from './said-values.ts';
import { isSchema } from './schema-merge.ts';
import { matchTools } from './tool-match.ts';
import { isWorkTool, type PlannedCall } from './tool-plan.ts';

export interface MatchedCalls {
  readonly calls: readonly PlannedCall[];
  /** The likeliest tool, where the message lacks what it needs. */
  readonly lacking?: { readonly tool: string; readonly properties: readonly string[] };
}

const mostCalls = 8;

/** What a tool cannot do without and nobody but the person can know. */
const isForPerson = (schema: unknown): boolean =>
  isSchema(schema) &&
  schema['default'] === undefined &&
  schema['const'] === undefined &&
  ![schema['type']].flat().some((type) => type === 'boolean' || type === 'null');

const propertiesOf = ({ properties }: JsonSchema): JsonSchema => (isSchema(properties) ? properties : {});

const requiredOf = ({ required }: JsonSchema): readonly string[] =>
  Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];

interface Filled {
  readonly argumentsJson?: string;
  readonly lacking: readonly string[];
  readonly members: number;
}

const fill = (text: string, { parameters }: ToolDefinition, member: number): Filled => {
  const required = requiredOf(parameters);
  const properties = propertiesOf(parameters);
  const said = new SaidValues(text, { guessed: required, member });
  // In the order of the schema, so that numbers and names come in the order of the sentence.
  for (const name of required) {
    const schema = properties[name];
    if (isSchema(schema)) said.of(name, schema);
  }
  const lacking = required.filter((name) => {
    const schema = properties[name];
    return isForPerson(schema) && (!isSchema(schema) || said.of(name, schema) === undefined);
  });
  const made = minimalValue({ type: 'object', ...parameters }, 'arguments', (name, schema) => said.of(name, schema));
  return made.ok && lacking.length === 0
    ? { argumentsJson: JSON.stringify(made.value), lacking, members: said.members }
    : { lacking, members: 1 };
};

const nextQuestion =
  'what|how|who|when|where|which|is|are|tell|get|show|find|look|search|give|list|send|add|create|check|also';

const clausesOf = (text: string): readonly string[] =>
  text
    .split(new RegExp(String.raw`(?<=[.?!])\s+|\s*,?\s+and\s+(?=(?:${nextQuestion})\b)`, 'iu'))
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '')
    .slice(0, mostCalls);

/** Of tools that fit alike, the first whose needs are met. */
const alike = 0.9;

const matchClause = (clause: string, tools: readonly ToolDefinition[]): MatchedCalls => {
  const matches = matchTools(clause, tools);
  const best = matches.filter(({ score }) => score >= (matches[0]?.score ?? 0) * alike);
  for (const { tool } of best) {
    const first = fill(clause, tool, 0);
    if (first.argumentsJson === undefined) continue;
    const others = Array.from({ length: Math.min(first.members, mostCalls) - 1 }, (_, index) =>
      fill(clause, tool, index + 1),
    );
    const made = [first, ...others].flatMap(({ argumentsJson }) =>
      argumentsJson === undefined ? [] : [{ name: tool.name, argumentsJson }],
    );
    return { calls: made };
  }
  const [likeliest] = best;
  if (likeliest === undefined) return { calls: [] };
  return {
    calls: [],
    lacking: { tool: likeliest.tool.name, properties: fill(clause, likeliest.tool, 0).lacking },
  };
};

const longestQuestion = 4_000;

/** The calls that a message asks for in words that a tool has; each one once. */
export const matchCalls = (message: string, offered: readonly ToolDefinition[]): MatchedCalls => {
  // Work on files and in shells is done on explicit words alone.
  const tools = offered.filter(({ name }) => !isWorkTool(name));
  if (tools.length === 0 || message.length > longestQuestion) return { calls: [] };
  const clauses = clausesOf(message);
  const parts = clauses.map((clause) => matchClause(clause, tools));
  // What one sentence needs another one may say.
  const isWhole = clauses.length === 1 || parts.some(({ calls }) => calls.length > 0);
  const found = isWhole ? parts : [matchClause(message, tools)];
  const calls = new Map(found.flatMap(({ calls: made }) => made.map((call) => [JSON.stringify(call), call] as const)));
  const lacking = found.find((match) => match.lacking !== undefined)?.lacking;
  return { calls: [...calls.values()].slice(0, mostCalls), ...(lacking === undefined ? {} : { lacking }) };
};
