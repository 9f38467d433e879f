/** `/v1/responses` on a WebSocket. */
import { answerClose } from './answer-close.ts';
import { connectionLimits } from '../../shared/protocol/responses/connection-limits.ts';
import { ResponseConnection } from './response-connection.ts';
import type { ResponseSocketParts } from './services.ts';

/** Serves a client; the answer hands it the other end of the socket. */
export const openResponseSocket = ({ answer, log }: ResponseSocketParts): Response => {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  const connection = new ResponseConnection({
    send: (message) => {
      if (ours.readyState === WebSocket.OPEN) ours.send(message);
    },
    close: (code, reason) => ours.close(code, reason),
    answer,
    log,
  });
  const life = setTimeout(() => connection.expire(), connectionLimits.lifeMs);
  const end = (): void => {
    clearTimeout(life);
    connection.leave();
  };
  ours.accept();
  ours.addEventListener('message', ({ data }) => connection.receive(data));
  ours.addEventListener('close', (closed) => {
    end();
    answerClose(ours, closed);
  });
  ours.addEventListener('error', end);
  return new Response(null, { status: 101, webSocket: theirs });
};
