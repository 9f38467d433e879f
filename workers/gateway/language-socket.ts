/** A language server on a WebSocket: messages in and out, and the questions about code in between. */
import { askCode, listTree } from '../../shared/domain/code/ask-code.ts';
import { LanguageServer } from '../../shared/domain/language-server/server.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { FileEntry } from '../../shared/rpc/repository.ts';
import { answerClose } from './answer-close.ts';
import { withDeadline } from './deadline.ts';
import type { LanguageSocketParts } from './services.ts';

/** The files are listed again after so long, so that commits of others are seen. */
const listingLifeMs = 3_000;
const patienceMs = 60_000;

/** Lists the files of a ref, and again when that is some seconds old. */
const createListing = ({
  repository,
  ref,
  now,
}: LanguageSocketParts): (() => Promise<Result<readonly FileEntry[]>>) => {
  let known: { readonly at: number; readonly files: readonly FileEntry[] } | undefined;
  return async () => {
    if (known !== undefined && now() - known.at < listingLifeMs) return ok(known.files);
    const listed = await listTree(repository(), ref);
    if (listed.ok) known = { at: now(), files: listed.value };
    return listed;
  };
};

/** Serves an editor; the answer hands it the other end of the socket. */
export const openLanguageSocket = (parts: LanguageSocketParts): Response => {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  const list = createListing(parts);
  const server = new LanguageServer({
    send: (message) => ours.send(message),
    close: () => ours.close(1000, 'exit'),
    later: (delayMs, work) => void setTimeout(work, delayMs),
    log: parts.log,
    ask: async (query, overlay, isOver) => {
      const files = await withDeadline(list(), patienceMs);
      if (!files.ok) return files;
      const source = { repository: parts.repository(), toolchain: parts.toolchain, ref: parts.ref };
      return await withDeadline(askCode({ ...source, files: files.value, overlay, isOver }, query), patienceMs);
    },
  });
  ours.accept();
  ours.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') server.receive(data).catch(parts.log);
    else ours.close(1003, 'only text frames');
  });
  ours.addEventListener('close', (closed) => {
    server.end();
    answerClose(ours, closed);
  });
  ours.addEventListener('error', () => server.end());
  return new Response(null, { status: 101, webSocket: theirs });
};
