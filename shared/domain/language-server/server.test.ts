import { describe, expect, it } from 'vitest';
import { ok } from '../../errors/result.ts';
import { LanguageServer, type LanguageServerHost } from './server.ts';

interface Sent {
  readonly id?: number | null;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly code: number };
  readonly params?: { readonly version?: number };
}

/** A server whose questions wait until they are let go, and whose timers run when told. */
const start = async () => {
  const sent: Sent[] = [];
  const timers: (() => void)[] = [];
  const questions: { readonly overlay: Readonly<Record<string, string>>; readonly answer: () => void }[] = [];
  const ask: LanguageServerHost['ask'] = (query, overlay) =>
    new Promise((resolve) => {
      const answer = (): void => {
        const found: unknown = query.kind === 'diagnostics' ? { diagnostics: [] } : { signature: overlay['a.ts'] };
        resolve(ok(found as never));
      };
      questions.push({ overlay, answer });
    });
  const server = new LanguageServer({
    send: (message) => void sent.push(JSON.parse(message) as Sent),
    close: () => undefined,
    ask,
    later: (_delayMs, work) => void timers.push(work),
    log: (error) => {
      throw error;
    },
  });
  const send = (message: object): Promise<void> => server.receive(JSON.stringify({ jsonrpc: '2.0', ...message }));
  await send({ id: 0, method: 'initialize', params: { rootUri: 'file:///x' } });
  sent.length = 0;
  return { server, send, sent, timers, questions };
};

const open = (version: number, text: string) => ({
  method: 'textDocument/didOpen',
  params: { textDocument: { uri: 'file:///x/a.ts', languageId: 'typescript', version, text } },
});
const hover = (id: number) => ({
  id,
  method: 'textDocument/hover',
  params: { textDocument: { uri: 'file:///x/a.ts' }, position: { line: 0, character: 0 } },
});
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('the language server', () => {
  it('answers a request with the text as it was when it came', async () => {
    const { send, sent, questions } = await start();
    await send(open(1, 'one'));
    const answered = send(hover(1));
    await send({
      method: 'textDocument/didChange',
      params: { textDocument: { uri: 'file:///x/a.ts', version: 2 }, contentChanges: [{ text: 'two' }] },
    });
    questions[0]?.answer();
    await answered;
    expect(JSON.stringify(sent[0]?.result)).toContain('one');
  });

  it('publishes diagnostics of the latest text only', async () => {
    const { send, sent, timers, questions } = await start();
    await send(open(1, 'one'));
    await send(open(2, 'two'));
    for (const timer of timers) timer();
    expect(questions.map(({ overlay }) => overlay['a.ts'])).toEqual(['two']);
    await send(open(3, 'three'));
    questions[0]?.answer();
    await settle();
    expect(sent).toEqual([]);
    timers.at(-1)?.();
    questions[1]?.answer();
    await settle();
    expect(sent.map(({ params }) => params?.version)).toEqual([3]);
  });

  it('answers a cancelled request once, and at once', async () => {
    const { send, sent, questions } = await start();
    const answered = send(hover(7));
    await send({ method: '$/cancelRequest', params: { id: 7 } });
    expect(sent.map(({ id, error }) => [id, error?.code])).toEqual([[7, -32_800]]);
    questions[0]?.answer();
    await answered;
    expect(sent).toHaveLength(1);
  });

  it.each([
    ['{', -32_700],
    ['[]', -32_600],
    ['{"jsonrpc":"1.0","id":1,"method":"x"}', -32_600],
  ])('refuses %s', async (message, code) => {
    const { server, sent } = await start();
    await server.receive(message);
    expect(sent).toMatchObject([{ id: null, error: { code } }]);
  });

  it('takes no more after the shutdown', async () => {
    const { send, sent } = await start();
    await send({ id: 1, method: 'shutdown' });
    await send(hover(2));
    expect(sent).toMatchObject([
      { id: 1, result: null },
      { id: 2, error: { code: -32_600 } },
    ]);
  });
});
