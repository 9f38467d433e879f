/** Codes of a close that stand for what was not said, and must not be sent (RFC 6455, section 7.4.1). */
const unsayable: ReadonlySet<number> = new Set([1005, 1006, 1015]);

/** Answers the client's close, which the runtime leaves to us and the client waits for. */
export const answerClose = (
  socket: WebSocket,
  { code, reason }: { readonly code: number; readonly reason: string },
): void => {
  if (unsayable.has(code)) socket.close();
  else socket.close(code, reason);
};
