/** Tells texts from other files: a text is UTF-8 without a NUL. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, exactly (a byte order mark stays); undefined for a binary file or one longer than `maximumBytes`. */
export const decodeText = (content: Uint8Array, maximumBytes = Number.POSITIVE_INFINITY): string | undefined => {
  if (content.byteLength > maximumBytes || content.includes(0)) return undefined;
  try {
    return decoder.decode(content);
  } catch {
    return undefined;
  }
};
