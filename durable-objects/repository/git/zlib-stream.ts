/** Zlib streams as git keeps them, inflated only as far as their stated size, so that none can exhaust the memory. */

import { deflateSync, inflateSync } from 'node:zlib';
import { MalformedObject } from './object-format.ts';

/** The zlib stream of a content. */
export const deflate = (content: Uint8Array): Uint8Array => deflateSync(content);

/** The content of a zlib stream, which must be exactly `sizeBytes` long. Throws `MalformedObject`. */
export const inflate = (deflated: Uint8Array, sizeBytes: number): Uint8Array =>
  inflateFirst(deflated, sizeBytes).content;

/** Inflates the stream at the start of the input and tells how much of the input it was. Throws `MalformedObject`. */
export const inflateFirst = (
  input: Uint8Array,
  sizeBytes: number,
): { readonly content: Uint8Array; readonly consumedBytes: number } => {
  let inflated: { buffer: Uint8Array; engine: { bytesWritten: number } };
  try {
    // SAFETY: with `info` the function answers the engine too (Node's documentation); its types do not know.
    inflated = inflateSync(input, {
      info: true,
      maxOutputLength: Math.max(1, sizeBytes),
    }) as unknown as typeof inflated;
  } catch (thrown) {
    throw new MalformedObject('compressed data is corrupt, cut off, or longer than stated', { cause: thrown });
  }
  if (inflated.buffer.byteLength !== sizeBytes) throw new MalformedObject('compressed data is not as long as stated');
  return { content: inflated.buffer, consumedBytes: inflated.engine.bytesWritten };
};
