/** One answer of a model behind OpenAI's API of the platform, piece by piece. */
import type { Connection } from '../settings.ts';
import { CommandFailure, exitCodeForStatus, exitCodes } from '../exit-codes.ts';
import { createSseParser } from './sse.ts';

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export interface ChatPiece {
  readonly type: 'content' | 'reasoning';
  readonly text: string;
}

/** A chunk, or a refusal: either has its own fields, and none of the other's. */
interface Chunk {
  readonly error?: { readonly message?: string; readonly code?: string | null };
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
    readonly finish_reason?: string | null;
  }[];
}

const parse = (text: string): Chunk | undefined => {
  try {
    // SAFETY: every field is optional, and read as what it may be.
    return JSON.parse(text) as Chunk;
  } catch {
    // Not OpenAI's shape: something between us and the platform answered.
    return undefined;
  }
};

const refusalOf = (status: number, text: string): CommandFailure => {
  const { message, code } = parse(text)?.error ?? {};
  return new CommandFailure(
    exitCodeForStatus(status),
    code ?? `http.${status}`,
    message ?? `The platform answered with status ${status}.`,
  );
};

const brokenOff = (message: string): CommandFailure =>
  new CommandFailure(exitCodes.platformFailed, 'chat.broken_off', message);

const piecesOf = (chunk: Chunk): readonly ChatPiece[] => {
  const { content, reasoning_content: reasoning } = chunk.choices?.[0]?.delta ?? {};
  return [
    ...(typeof reasoning === 'string' && reasoning !== '' ? [{ type: 'reasoning' as const, text: reasoning }] : []),
    ...(typeof content === 'string' && content !== '' ? [{ type: 'content' as const, text: content }] : []),
  ];
};

const open = async (connection: Connection, body: object): Promise<Response> => {
  try {
    return await fetch(`${connection.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${connection.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new CommandFailure(exitCodes.unreachable, 'unreachable', `${connection.url} cannot be reached.`);
  }
};

/** @throws CommandFailure for a refusal, and for an answer that breaks off: it is never passed off as whole. */
export async function* streamChat(
  connection: Connection,
  model: string,
  messages: readonly ChatMessage[],
): AsyncGenerator<ChatPiece> {
  const response = await open(connection, { model, messages, stream: true });
  if (!response.ok || response.body === null) throw refusalOf(response.status, await response.text());
  const parser = createSseParser();
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    for (const { data } of parser.push(decoder.decode(bytes, { stream: true }))) {
      if (data === '[DONE]') return;
      const chunk = parse(data);
      if (chunk === undefined) throw brokenOff('The platform sent what is no chunk of an answer.');
      if (chunk.error !== undefined) throw brokenOff(chunk.error.message ?? 'The answer broke off.');
      yield* piecesOf(chunk);
    }
  }
  throw brokenOff('The answer ended before it was finished.');
}
