/**
 * The pieces of Workers AI's streams. Newer models send OpenAI's chunks; older ones send
 * `{ response, tool_calls, usage }`, whose tool calls are whole, have no index and often no id, and whose end is told by
 * `[DONE]` alone. Both come out as OpenAI's chunks.
 */
import { z } from 'zod';

const text = z.string().nullish();

const toolCall = z.object({
  id: text,
  name: text,
  arguments: z.unknown(),
  function: z.object({ name: text, arguments: z.unknown() }).nullish(),
});

const nativePiece = z.object({
  /** A number where the model's token is one, and an object where a format was asked for. */
  response: z.unknown().optional(),
  tool_calls: z.array(toolCall).nullish(),
  usage: z.unknown().optional(),
});

type ToolCall = z.infer<typeof toolCall>;

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const isOpenAi = (piece: unknown): boolean => typeof piece === 'object' && piece !== null && 'choices' in piece;

/** Whole answers have a message where pieces have a delta. */
const asDelta = (piece: object): object => {
  const choices = 'choices' in piece && Array.isArray(piece.choices) ? piece.choices : [];
  return {
    ...piece,
    choices: choices.map((choice: unknown) =>
      typeof choice === 'object' && choice !== null && 'message' in choice
        ? { ...choice, delta: choice.message }
        : choice,
    ),
  };
};

/** Reads the pieces of one answer. */
export class WorkersAiPieces {
  #calls = 0;
  #isNative = false;

  /** The piece as OpenAI's; one of no known shape is passed on as it is, for the reader to refuse. */
  read(piece: unknown): unknown {
    if (typeof piece === 'object' && piece !== null && isOpenAi(piece)) return asDelta(piece);
    const parsed = nativePiece.safeParse(piece);
    if (!parsed.success) return piece;
    this.#isNative = true;
    const { response, tool_calls: calls, usage } = parsed.data;
    const content = textOf(response);
    const toolCalls = (calls ?? []).filter((call) => !isEmpty(call)).map((call) => this.#numbered(call));
    const delta = {
      ...(content === '' ? {} : { content }),
      ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls }),
    };
    return { choices: [{ delta }], ...(usage === undefined || usage === null ? {} : { usage }) };
  }

  /** What `[DONE]` says: the end of an answer in the older shape, and nothing in the newer one. */
  done(): readonly unknown[] {
    return this.#isNative ? [{ choices: [{ delta: {}, finish_reason: 'stop' }] }] : [];
  }

  #numbered(call: ToolCall): object {
    const index = this.#calls;
    this.#calls += 1;
    const id = call.id === undefined || call.id === null || call.id === '' ? `call_${index}` : call.id;
    const name = call.function?.name ?? call.name ?? '';
    return { index, id, function: { name, arguments: textOf(call.function?.arguments ?? call.arguments) } };
  }
}

/** Some models end their calls by one of nulls. */
const isEmpty = (call: ToolCall): boolean => {
  const name = call.function?.name ?? call.name ?? '';
  return name === '' && textOf(call.function?.arguments ?? call.arguments) === '';
};
