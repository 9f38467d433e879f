/**
 * A language server for one editor: its open texts stand over the files of a branch. It knows nothing of sockets and
 * clocks; messages come in as texts and go out through `send`.
 */
import type { z } from 'zod';
import type { Result } from '../../errors/result.ts';
import {
  cancelParams,
  didChangeParams,
  didOpenParams,
  documentParams,
  errorCodes,
  initializeParams,
  longestMessage,
  messageSchema,
  type MessageId,
} from '../../protocol/language-server.ts';
import type { CodeQuestion, CodeQuestions, CodeQuery } from '../../rpc/code.ts';
import { describe, requestHandlers, type RequestContext } from './requests.ts';
import { applyChange, type TextDocument } from './text-document.ts';
import { toDiagnostic } from './translate.ts';
import { DocumentUris } from './uris.ts';

/** What the server needs of its surroundings. */
export interface LanguageServerHost {
  readonly send: (message: string) => void;
  readonly close: () => void;
  /** Asks about the files, with these texts over them, until `isOver`. */
  readonly ask: <Kind extends CodeQuestion>(
    query: Extract<CodeQuery, { readonly kind: Kind }>,
    overlay: Readonly<Record<string, string>>,
    isOver: () => boolean,
  ) => Promise<Result<CodeQuestions[Kind]['answer']>>;
  /** Runs the work some milliseconds later. */
  readonly later: (delayMs: number, work: () => void) => void;
  readonly log: (error: unknown) => void;
}

const diagnosticsDelayMs = 150;
const mostDocuments = 200;
const mostPending = 64;

const capabilities = {
  positionEncoding: 'utf-16',
  textDocumentSync: { openClose: true, change: 2, save: false },
  completionProvider: { triggerCharacters: ['.'] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  renameProvider: true,
  documentFormattingProvider: true,
  codeActionProvider: { codeActionKinds: ['quickfix'] },
} as const;

type State = 'new' | 'running' | 'shut down';

export class LanguageServer {
  readonly #host: LanguageServerHost;
  readonly #documents = new Map<string, TextDocument>();
  /** Requests that are being answered. */
  readonly #pending = new Map<MessageId, { isOver: boolean }>();
  #uris = new DocumentUris(undefined);
  #state: State = 'new';
  #isClosed = false;

  constructor(host: LanguageServerHost) {
    this.#host = host;
  }

  /** One message of the editor. */
  async receive(text: string): Promise<void> {
    const message = this.#parse(text);
    if (message?.method === undefined) return;
    const { id, method, params } = message;
    if (id === undefined || id === null) this.#notified(method, params);
    else await this.#requested(id, method, params);
  }

  /** The editor is gone: nothing is answered any more. */
  end(): void {
    this.#isClosed = true;
    for (const request of this.#pending.values()) request.isOver = true;
    this.#documents.clear();
  }

  #parse(text: string): z.infer<typeof messageSchema> | undefined {
    if (text.length > longestMessage) {
      this.#fail(null, errorCodes.invalidRequest, `The message has more than ${longestMessage} characters.`);
      return undefined;
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#fail(null, errorCodes.parseError, 'The message is not JSON.');
      return undefined;
    }
    const parsed = messageSchema.safeParse(value);
    if (!parsed.success) this.#fail(null, errorCodes.invalidRequest, describe(parsed.error));
    return parsed.data;
  }

  async #requested(id: MessageId, method: string, params: unknown): Promise<void> {
    if (method === 'initialize') return this.#initialize(id, params);
    if (this.#state === 'new') return this.#fail(id, errorCodes.serverNotInitialized, 'Send initialize first.');
    if (this.#state === 'shut down') return this.#fail(id, errorCodes.invalidRequest, 'The server was shut down.');
    if (method === 'shutdown') {
      this.#state = 'shut down';
      return this.#answer(id, null);
    }
    const handler = requestHandlers[method];
    if (handler === undefined) return this.#fail(id, errorCodes.methodNotFound, `${method} is not offered.`);
    if (this.#pending.has(id))
      return this.#fail(id, errorCodes.invalidRequest, 'The id is of a request that is running.');
    if (this.#pending.size >= mostPending)
      return this.#fail(id, errorCodes.requestFailed, `More than ${mostPending} requests are running.`);
    const request = { isOver: false };
    this.#pending.set(id, request);
    try {
      const outcome = await handler(
        params,
        this.#context(() => request.isOver),
      );
      if (request.isOver) return;
      if (outcome.status === 'invalid') this.#fail(id, errorCodes.invalidParams, outcome.reason);
      else if (outcome.result.ok) this.#answer(id, outcome.result.value);
      else this.#fail(id, errorCodes.requestFailed, outcome.result.error.detail);
    } catch (error) {
      this.#host.log(error);
      if (!request.isOver) this.#fail(id, errorCodes.internalError, 'This should not have happened. Try again.');
    } finally {
      if (this.#pending.get(id) === request) this.#pending.delete(id);
    }
  }

  #initialize(id: MessageId, params: unknown): void {
    if (this.#state !== 'new') return this.#fail(id, errorCodes.invalidRequest, 'initialize was sent before.');
    const parsed = initializeParams.safeParse(params);
    if (!parsed.success) return this.#fail(id, errorCodes.invalidParams, describe(parsed.error));
    const { workspaceFolders, rootUri } = parsed.data;
    this.#uris = new DocumentUris(workspaceFolders?.[0]?.uri ?? rootUri ?? undefined);
    this.#state = 'running';
    this.#answer(id, { capabilities, serverInfo: { name: 'aidevos' } });
  }

  #notified(method: string, params: unknown): void {
    if (method === 'exit') return this.#host.close();
    if (this.#state !== 'running') return;
    switch (method) {
      case '$/cancelRequest':
        return this.#cancel(params);
      case 'textDocument/didOpen':
        return this.#opened(params);
      case 'textDocument/didChange':
        return this.#changed(params);
      case 'textDocument/didClose':
        return this.#closed(params);
      default:
    }
  }

  /** Answered at once; what the request finds later is dropped. */
  #cancel(params: unknown): void {
    const { data } = cancelParams.safeParse(params);
    const request = data === undefined ? undefined : this.#pending.get(data.id);
    if (data === undefined || request === undefined) return;
    request.isOver = true;
    this.#pending.delete(data.id);
    this.#fail(data.id, errorCodes.requestCancelled, 'The request was cancelled.');
  }

  #opened(params: unknown): void {
    const parsed = didOpenParams.safeParse(params);
    if (!parsed.success) return this.#complain(`didOpen: ${describe(parsed.error)}`);
    const { uri, version, text } = parsed.data.textDocument;
    const path = this.#uris.path(uri);
    if (path === undefined) return this.#complain(`didOpen: ${uri} is not below the root.`);
    if (this.#documents.size >= mostDocuments && !this.#documents.has(path))
      return this.#complain(`didOpen: more than ${mostDocuments} documents are open.`);
    this.#keep(path, { version, text });
  }

  #changed(params: unknown): void {
    const parsed = didChangeParams.safeParse(params);
    if (!parsed.success) return this.#complain(`didChange: ${describe(parsed.error)}`);
    const { textDocument, contentChanges } = parsed.data;
    const path = this.#uris.path(textDocument.uri);
    const known = path === undefined ? undefined : this.#documents.get(path);
    if (path === undefined || known === undefined) return this.#complain(`didChange: ${textDocument.uri} is not open.`);
    this.#keep(path, { version: textDocument.version, text: contentChanges.reduce(applyChange, known.text) });
  }

  #closed(params: unknown): void {
    const parsed = documentParams.safeParse(params);
    const path = parsed.success ? this.#uris.path(parsed.data.textDocument.uri) : undefined;
    if (path === undefined || !this.#documents.delete(path)) return;
    this.#notify('textDocument/publishDiagnostics', { uri: this.#uris.uri(path), diagnostics: [] });
  }

  #keep(path: string, document: TextDocument): void {
    this.#documents.set(path, document);
    this.#host.later(diagnosticsDelayMs, () => {
      void this.#publish(path, document).catch(this.#host.log);
    });
  }

  /** Only for the text that is still the latest, before and after it was looked at. */
  async #publish(path: string, document: TextDocument): Promise<void> {
    const isOver = (): boolean => this.#documents.get(path) !== document;
    if (isOver()) return;
    const found = await this.#context(isOver).ask<'diagnostics'>({ kind: 'diagnostics', path, limit: 500 });
    if (isOver()) return;
    if (!found.ok) return this.#complain(`${path}: ${found.error.detail}`);
    const diagnostics = found.value.diagnostics.map(toDiagnostic);
    this.#notify('textDocument/publishDiagnostics', {
      uri: this.#uris.uri(path),
      version: document.version,
      diagnostics,
    });
  }

  #context(isOver: () => boolean): RequestContext {
    const overlay = Object.fromEntries([...this.#documents].map(([path, { text }]) => [path, text]));
    return { uris: this.#uris, ask: (query) => this.#host.ask(query, overlay, isOver) };
  }

  #answer(id: MessageId, result: unknown): void {
    this.#send({ id, result });
  }

  #fail(id: MessageId | null, code: number, message: string): void {
    this.#send({ id, error: { code, message } });
  }

  #notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  /** Notifications have no answer, so what is wrong with one is told as a message to the person. */
  #complain(message: string): void {
    this.#notify('window/logMessage', { type: 2, message });
  }

  #send(message: object): void {
    if (!this.#isClosed) this.#host.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }
}
