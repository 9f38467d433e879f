/** Reads a request's body under a limit, also when it is compressed and would grow beyond it. */

import { err, ok, type Result } from '../../../shared/errors/result.ts';

/** The body's bytes, or the status and text of the refusal. */
export const readBody = async (
  request: Request,
  maximumBytes: number,
): Promise<Result<Uint8Array, { readonly status: number; readonly text: string }>> => {
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip')
    return err({ status: 415, text: `The content encoding ${encoding} is not supported.` });
  if (request.body === null) return ok(new Uint8Array(0));
  const gzip = encoding !== 'identity';
  const stream: ReadableStream<Uint8Array> = gzip
    ? request.body.pipeThrough(new DecompressionStream('gzip'))
    : request.body;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of stream) {
      bytes += part.byteLength;
      if (bytes > maximumBytes)
        return err({ status: 413, text: `The request is larger than ${maximumBytes} bytes. Push in smaller parts.` });
      parts.push(part);
    }
  } catch {
    return err({ status: 400, text: gzip ? 'The body is not valid gzip.' : 'The body was cut off.' });
  }
  return ok(Buffer.concat(parts));
};
