/** Each request of the protocol as a question about code. */
import type { z } from 'zod';
import { ok, type Result } from '../../errors/result.ts';
import {
  codeActionParams,
  documentParams,
  placeParams,
  referenceParams,
  renameParams,
  workspaceSymbolParams,
} from '../../protocol/language-server.ts';
import type { CodeQuestion, CodeQuestions, CodeQuery } from '../../rpc/code.ts';
import {
  fromPosition,
  toCompletionItem,
  toDocumentSymbols,
  toHover,
  toLocation,
  toSymbolInformation,
  toTextEdits,
  toWorkspaceEdit,
} from './translate.ts';
import type { DocumentUris } from './uris.ts';

/** Asks about the files with what the editor has open on top. */
export type AskCode = <Kind extends CodeQuestion>(
  query: Extract<CodeQuery, { readonly kind: Kind }>,
) => Promise<Result<CodeQuestions[Kind]['answer']>>;

export interface RequestContext {
  readonly ask: AskCode;
  readonly uris: DocumentUris;
}

/** What a request is answered with; `invalid` when its parameters are none of the protocol's. */
export type RequestOutcome =
  | { readonly status: 'done'; readonly result: Result<unknown> }
  | { readonly status: 'invalid'; readonly reason: string };

type Handler = (params: unknown, context: RequestContext) => Promise<RequestOutcome>;

const invalid = (reason: string): RequestOutcome => ({ status: 'invalid', reason });

/** A handler whose parameters were parsed, and whose document is one of the repository's. */
const ofDocument =
  <Schema extends z.ZodType<{ readonly textDocument: { readonly uri: string } }>>(
    schema: Schema,
    handle: (params: z.infer<Schema>, path: string, context: RequestContext) => Promise<Result<unknown>>,
  ): Handler =>
  async (params, context) => {
    const parsed = schema.safeParse(params);
    if (!parsed.success) return invalid(describe(parsed.error));
    const path = context.uris.path(parsed.data.textDocument.uri);
    if (path === undefined) return invalid('textDocument.uri: is not a document below the root');
    return { status: 'done', result: await handle(parsed.data, path, context) };
  };

/** What is wrong with parameters, field by field. */
export const describe = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'params'}: ${message}`)
    .join('; ');

const map = <Value>(result: Result<Value>, translate: (value: Value) => unknown): Result<unknown> =>
  result.ok ? ok(translate(result.value)) : result;

const at = fromPosition;

/** By method. */
export const requestHandlers: Readonly<Record<string, Handler>> = {
  'textDocument/hover': ofDocument(placeParams, async ({ position }, path, { ask }) =>
    map(await ask<'hover'>({ kind: 'hover', path, at: at(position) }), toHover),
  ),
  'textDocument/definition': ofDocument(placeParams, async ({ position }, path, { ask, uris }) =>
    map(await ask<'definition'>({ kind: 'definition', path, at: at(position) }), ({ definitions }) =>
      definitions.map((location) => toLocation(uris, location)),
    ),
  ),
  'textDocument/references': ofDocument(referenceParams, async ({ position, context }, path, { ask, uris }) =>
    map(await ask<'references'>({ kind: 'references', path, at: at(position) }), ({ definitions, references }) =>
      [...(context.includeDeclaration ? definitions : []), ...references].map((location) => toLocation(uris, location)),
    ),
  ),
  'textDocument/documentSymbol': ofDocument(documentParams, async (_params, path, { ask }) =>
    map(await ask<'outline'>({ kind: 'outline', path, limit: 1 }), ({ files: [file] }) =>
      file === undefined ? [] : toDocumentSymbols(file),
    ),
  ),
  'textDocument/completion': ofDocument(placeParams, async ({ position }, path, { ask }) =>
    map(
      await ask<'completion'>({ kind: 'completion', path, at: at(position), limit: 200 }),
      ({ items, isIncomplete }) => ({
        isIncomplete,
        items: items.map(toCompletionItem),
      }),
    ),
  ),
  'textDocument/rename': ofDocument(renameParams, async ({ position, newName }, path, { ask, uris }) =>
    map(await ask<'rename'>({ kind: 'rename', path, at: at(position), newName }), ({ files }) =>
      toWorkspaceEdit(uris, files),
    ),
  ),
  'textDocument/formatting': ofDocument(documentParams, async (_params, path, { ask }) =>
    map(await ask<'format'>({ kind: 'format', path }), ({ edits }) => toTextEdits(edits)),
  ),
  'textDocument/codeAction': ofDocument(codeActionParams, async ({ range }, path, { ask, uris }) =>
    map(await ask<'fixes'>({ kind: 'fixes', path, line: range.start.line + 1 }), ({ fixes }) =>
      fixes.map(({ title, files }) => ({ title, kind: 'quickfix', edit: toWorkspaceEdit(uris, files) })),
    ),
  ),
  'workspace/symbol': async (params, { ask, uris }) => {
    const parsed = workspaceSymbolParams.safeParse(params);
    if (!parsed.success) return invalid(describe(parsed.error));
    const { query } = parsed.data;
    if (query === '') return { status: 'done', result: ok([]) };
    const found = await ask<'symbols'>({ kind: 'symbols', text: query, limit: 200 });
    return {
      status: 'done',
      result: map(found, ({ symbols }) => symbols.map((symbol) => toSymbolInformation(uris, symbol))),
    };
  },
};
