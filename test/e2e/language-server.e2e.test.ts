/** An editor's view: the Language Server Protocol over a WebSocket, on a project that a team has built. */
import { beforeAll, describe, expect, inject, it } from 'vitest';
import WebSocket from 'ws';
import { buildProject, request, sendJson } from './client.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly params?: {
    readonly uri: string;
    readonly version?: number;
    readonly diagnostics: readonly { readonly code: string; readonly range: unknown }[];
  };
}

/** A client that speaks JSON-RPC as an editor does. */
class Editor {
  readonly #socket: WebSocket;
  readonly #messages: Message[] = [];
  #wake: () => void = () => undefined;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#messages.push(JSON.parse(data.toString('utf8')) as Message);
      this.#wake();
    });
  }

  static async connect(projectId: string): Promise<Editor> {
    const { json } = await sendJson('/api/tickets', {});
    const { ticket } = json as { readonly ticket: string };
    const base = inject('url').replace('http', 'ws');
    const socket = new WebSocket(`${base}/api/projects/${projectId}/code/lsp?ticket=${encodeURIComponent(ticket)}`);
    const editor = new Editor(socket);
    await new Promise<void>((resolve, reject) => {
      socket.on('open', () => resolve());
      socket.on('error', reject);
    });
    return editor;
  }

  notify(method: string, params: object): void {
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  /** Sends a request without waiting for its answer. */
  send(method: string, params: object): number {
    this.#lastId += 1;
    this.#socket.send(JSON.stringify({ jsonrpc: '2.0', id: this.#lastId, method, params }));
    return this.#lastId;
  }

  async request<Result>(method: string, params: object): Promise<Result> {
    const answer = await this.answer(this.send(method, params));
    if (answer.error !== undefined) throw new Error(answer.error.message);
    return answer.result as Result;
  }

  answer(id: number): Promise<Message> {
    return this.take((message) => message.id === id && message.method === undefined);
  }

  async take(matches: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const index = this.#messages.findIndex(matches);
      const [found] = index === -1 ? [] : this.#messages.splice(index, 1);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async close(): Promise<number> {
    const closed = new Promise<number>((resolve) => {
      this.#socket.on('close', resolve);
    });
    this.notify('exit', {});
    return await closed;
  }
}

const root = 'file:///home/ada/notes';
let projectId = '';
/** A source of the project that declares a function which another one uses. */
let path = '';
let text = '';

interface Place {
  readonly uri: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

const outline = async (): Promise<readonly { readonly path: string }[]> => {
  const { json } = await request(`/api/projects/${projectId}/code/outline?prefix=src/&limit=1000`);
  return (json as { readonly files: readonly { readonly path: string }[] }).files;
};

beforeAll(async () => {
  const project = await buildProject('# Notes\n\nA note has a title (required) and a text.\n');
  expect(project.status).toBe('completed');
  ({ projectId } = project);
  path = (await outline()).find((file) => file.path.endsWith('clock.ts'))?.path ?? '';
  const { json } = await request(`/api/projects/${projectId}/file?path=${path}`);
  text = (json as { readonly content: string }).content;
});

describe('an editor', () => {
  it('sees diagnostics of what it types, hovers, jumps and renames over files', async () => {
    const editor = await Editor.connect(projectId);
    const started = await editor.request<{ readonly capabilities: object }>('initialize', {
      processId: null,
      rootUri: root,
      capabilities: {},
    });
    expect(started.capabilities).toMatchObject({ hoverProvider: true, textDocumentSync: { change: 2 } });
    editor.notify('initialized', {});
    const uri = `${root}/${path}`;
    const textDocument = { uri };
    editor.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'typescript', version: 1, text } });
    const clean = await editor.take(({ params }) => params?.uri === uri && params.version === 1);
    expect(clean.params?.diagnostics).toEqual([]);

    const lines = text.split('\n');
    const line = lines.findIndex((content) => content.startsWith('export interface Clock'));
    const character = 'export interface '.length;
    const position = { line, character };
    const hover = await editor.request<{ readonly contents: { readonly value: string } }>('textDocument/hover', {
      textDocument,
      position,
    });
    expect(hover.contents.value).toContain('interface Clock');

    const context = { includeDeclaration: false };
    const uses = await editor.request<readonly Place[]>('textDocument/references', { textDocument, position, context });
    const elsewhere = uses.find((use) => use.uri !== uri);
    expect(elsewhere).toBeDefined();
    const [declared] = await editor.request<readonly Place[]>('textDocument/definition', {
      textDocument: { uri: elsewhere?.uri },
      position: elsewhere?.range.start,
    });
    expect(declared).toMatchObject({ uri, range: { start: position } });

    const renamed = await editor.request<{ readonly changes: Record<string, readonly object[]> }>(
      'textDocument/rename',
      { textDocument, position, newName: 'Watch' },
    );
    expect(Object.keys(renamed.changes)).toEqual(expect.arrayContaining([uri, elsewhere?.uri]));

    const end = { line: lines.length - 1, character: 0 };
    editor.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range: { start: end, end }, text: "export const wrong: number = 'no';\n" }],
    });
    const wrong = await editor.take(({ params }) => params?.uri === uri && params.version === 2);
    expect(wrong.params?.diagnostics.map(({ code }) => code)).toEqual(['TS2322']);
    expect(await editor.close()).toBe(1000);
  });

  it('cancels, is told what is wrong, and is asked to begin properly', async () => {
    const editor = await Editor.connect(projectId);
    expect((await editor.answer(editor.send('textDocument/hover', {}))).error?.code).toBe(-32_002);
    await editor.request('initialize', { rootUri: root, capabilities: {} });
    // An answer may come before its cancellation, but not twenty times.
    const asked = Array.from({ length: 20 }, () => {
      const id = editor.send('workspace/symbol', { query: 'note' });
      editor.notify('$/cancelRequest', { id });
      return id;
    });
    const answers: Message[] = [];
    for (const id of asked) answers.push(await editor.answer(id));
    expect(answers.filter(({ error }) => error?.code === -32_800)).not.toHaveLength(0);
    expect(answers.every(({ error }) => error === undefined || error.code === -32_800)).toBe(true);
    expect((await editor.answer(editor.send('textDocument/hover', { textDocument: 1 }))).error?.code).toBe(-32_602);
    expect((await editor.answer(editor.send('workspace/nothing', {}))).error?.code).toBe(-32_601);
    const outside = { textDocument: { uri: 'file:///etc/passwd' }, position: { line: 0, character: 0 } };
    expect((await editor.answer(editor.send('textDocument/hover', outside))).error?.code).toBe(-32_602);
    await editor.close();
  });

  it('needs a key, and a project of its own workspace', async () => {
    const made = await sendJson('/api/workspaces', { name: 'Strangers' });
    const { key } = (made.json as { readonly ownerKey: { readonly key: string } }).ownerKey;
    const address = `/api/projects/${projectId}/code`;
    expect((await request(`${address}/lsp`, { key: null })).status).toBe(401);
    for (const route of ['lsp', 'outline', 'cycles', 'metrics', 'diagnostics'])
      expect((await request(`${address}/${route}`, { key })).status).toBe(404);
  });
});
