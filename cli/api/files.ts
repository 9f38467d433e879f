/** Files to and from the platform: text that is no JSON document. */
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Connection } from '../settings.ts';
import { failureOf } from './client.ts';

/** What the platform answers as text; with a body, what it answers to the file. A refusal fails the command. */
export const callFile = async (connection: Connection, path: string, body?: string | Uint8Array): Promise<string> => {
  const headers = { authorization: `Bearer ${connection.key}` };
  const upload =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/x-ndjson' },
          body: typeof body === 'string' ? body : new Uint8Array(body),
        };
  let answer: Response;
  try {
    answer = await fetch(`${connection.url}${path}`, upload);
  } catch {
    throw new CommandFailure(exitCodes.unreachable, 'unreachable', `${connection.url} cannot be reached.`);
  }
  const text = await answer.text();
  if (!answer.ok) throw failureOf(answer.status, text);
  return text;
};
