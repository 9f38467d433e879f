/**
 * Between an editor, which speaks the Language Server Protocol over the standard streams of a program that it starts, and
 * the platform, which speaks it over a WebSocket. Messages go through as they are; only their envelope changes.
 */
import type { Readable, Writable } from 'node:stream';
import { StreamMessageReader, StreamMessageWriter, type Message } from 'vscode-jsonrpc/node';
import { CommandFailure, exitCodes } from '../exit-codes.ts';

/** Both ends. */
export interface BridgeEnds {
  /** Opened, or opening. */
  readonly socket: WebSocket;
  readonly input: Readable;
  readonly output: Writable;
}

const ok = 1000;

const lost = (code: number, reason: string): CommandFailure =>
  new CommandFailure(
    exitCodes.unreachable,
    'language_server.lost',
    `The platform ended the connection (${code}${reason === '' ? '' : `, ${reason}`}). Most editors start the server again by themselves.`,
  );

const notTheProtocol = (message: string): CommandFailure =>
  new CommandFailure(
    exitCodes.usage,
    'language_server.not_the_protocol',
    `Standard input is not the Language Server Protocol, which editors speak: ${message.replaceAll(/\s+/g, ' ').slice(0, 200)}`,
  );

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    // A browser's socket tells nobody why: what can be known is asked for before it is opened.
    socket.addEventListener('error', () => {
      reject(new CommandFailure(exitCodes.unreachable, 'unreachable', 'The platform does not open a connection.'));
    });
  });

/**
 * Carries messages both ways until one end is over.
 *
 * @returns when the editor has said `exit`, or is gone
 * @throws CommandFailure when the platform ends the connection otherwise
 */
export const bridge = async ({ socket, input, output }: BridgeEnds): Promise<void> => {
  await opened(socket);
  const reader = new StreamMessageReader(input);
  const writer = new StreamMessageWriter(output);
  const over = Promise.withResolvers<void>();
  socket.addEventListener('close', ({ code, reason }) => {
    if (code === ok) over.resolve();
    else over.reject(lost(code, reason));
  });
  socket.addEventListener('message', ({ data }) => {
    // SAFETY: the platform sends one message of JSON-RPC in each text frame.
    writer.write(JSON.parse(String(data)) as Message).catch(over.reject);
  });
  reader.onError(({ message }) => over.reject(notTheProtocol(message)));
  // A stream that is not destroyed at its end never closes.
  input.once('end', () => over.resolve());
  reader.onClose(() => over.resolve());
  reader.listen((message) => socket.send(JSON.stringify(message)));
  try {
    await over.promise;
  } finally {
    reader.dispose();
    writer.dispose();
    socket.close();
    // An open standard input would keep the process.
    input.destroy();
  }
};
