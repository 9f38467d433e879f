/**
 * Git's smart HTTP protocol (gitprotocol-http), versions 0 and 1: what the ordinary git program speaks when it clones,
 * pulls and pushes. Version 2 is answered with version 0, which every client accepts. Authentication is the gateway's.
 */

import { advertise, type GitService } from './advertisement.ts';
import { flushPacket, packet, ProtocolError } from './pkt-line.ts';
import { receivePack, type PushContext } from './receive-pack.ts';
import { readBody } from './request-body.ts';
import { uploadPack } from './upload-pack.ts';

/** Of the inflated body; a push of more has to be made in parts. */
const maximumBodyBytes = 32 * 1024 * 1024;

const services: ReadonlyMap<string, GitService> = new Map([
  ['git-upload-pack', 'git-upload-pack'],
  ['git-receive-pack', 'git-receive-pack'],
]);

/** Answers `/info/refs?service=…`, `/git-upload-pack` and `/git-receive-pack`; everything else is 404. */
export const serveGit = async (context: PushContext, request: Request): Promise<Response> => {
  const url = new URL(request.url);
  if (url.pathname === '/info/refs') return answerReferences(context, request, url);
  const service = services.get(url.pathname.slice(1));
  if (service === undefined) return refuse(404, 'There is no such git resource.');
  if (request.method !== 'POST') return refuse(405, 'Use POST.', { allow: 'POST' });
  if (request.headers.get('content-type') !== `application/x-${service}-request`)
    return refuse(415, `The content type must be application/x-${service}-request.`);
  const body = await readBody(request, maximumBodyBytes);
  if (!body.ok) return refuse(body.error.status, body.error.text);
  try {
    return service === 'git-receive-pack'
      ? answer(`application/x-${service}-result`, receivePack(context, body.value))
      : answer(`application/x-${service}-result`, pieces(uploadPack(context.store, context.objects, body.value)));
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return refuse(400, `${thrown.message}.`);
    throw thrown;
  }
};

const answerReferences = (context: PushContext, request: Request, url: URL): Response => {
  if (request.method !== 'GET') return refuse(405, 'Use GET.', { allow: 'GET' });
  const service = services.get(url.searchParams.get('service') ?? '');
  if (service === undefined)
    return refuse(403, 'Only the smart protocol is served: service must be git-upload-pack or git-receive-pack.');
  return answer(`application/x-${service}-advertisement`, advertise(context.store, context.objects, service));
};

/** Git's own programs ask for these headers; a cached answer would show old references. */
const answer = (contentType: string, body: Uint8Array | ReadableStream<Uint8Array>): Response =>
  new Response(body, {
    headers: {
      'content-type': contentType,
      'cache-control': 'no-cache, max-age=0, must-revalidate',
      expires: 'Fri, 01 Jan 1980 00:00:00 GMT',
      pragma: 'no-cache',
    },
  });

/** Plain text, because git shows it to the person at the terminal. */
const refuse = (status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } });

/** Read on demand. The first piece is made here and now, so that a request that is refused gets a status of its own. */
const pieces = (generator: Generator<Uint8Array>): ReadableStream<Uint8Array> => {
  let next = generator.next();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next.done === true) {
        controller.close();
        return;
      }
      controller.enqueue(next.value);
      try {
        next = generator.next();
      } catch (thrown) {
        // The status has been sent; the protocol's own word for an error is what is left.
        controller.enqueue(Buffer.concat([packet('ERR the repository could not be read\n'), flushPacket]));
        controller.error(thrown);
      }
    },
  });
};
