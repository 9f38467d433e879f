/** Reads an answer of somebody else's server, never more of it than is wanted. */

export interface BoundedText {
  readonly text: string;
  /** There was more, which was not read. */
  readonly cut: boolean;
}

/**
 * The body as text: bytes that are no UTF-8 become replacement characters, and reading stops at `maxBytes`.
 * Rejects when the body breaks off.
 */
export const readBoundedText = async (response: Response, maxBytes: number): Promise<BoundedText> => {
  if (response.body === null) return { text: '', cut: false };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), cut: false };
    const room = maxBytes - bytes;
    bytes += value.byteLength;
    if (value.byteLength > room) {
      text += decoder.decode(value.subarray(0, room));
      // The server may go on sending; how its connection ends is of no interest.
      reader.cancel().catch(() => undefined);
      return { text, cut: true };
    }
    text += decoder.decode(value, { stream: true });
  }
};
