/**
 * The Language Server Protocol (3.17) as it is spoken here: one JSON-RPC 2.0 message in each text frame of a WebSocket,
 * without the headers of the stream form. Only what is used of each message is looked at.
 */
import { z } from 'zod';

/** Longest message that is taken, in characters. */
export const longestMessage = 4 * 1024 * 1024;

/** Codes of JSON-RPC and of LSP. */
export const errorCodes = {
  parseError: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internalError: -32_603,
  serverNotInitialized: -32_002,
  requestCancelled: -32_800,
  requestFailed: -32_803,
} as const;

const id = z.union([z.number().int(), z.string().max(200)]);

/** A request has an id, a notification none; what a client answers is neither and is not waited for. */
export const messageSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: id.nullish(),
  method: z.string().max(200).optional(),
  params: z.unknown().optional(),
});

export type MessageId = z.infer<typeof id>;

const uri = z.string().min(1).max(4_096);

/** Both from 0; the character in UTF-16 code units. */
const position = z.object({ line: z.number().int().nonnegative(), character: z.number().int().nonnegative() });
export const rangeSchema = z.object({ start: position, end: position });
export type LspPosition = z.infer<typeof position>;
export type LspRange = z.infer<typeof rangeSchema>;

const textDocument = z.object({ uri });
const text = z.string().max(2 * 1024 * 1024, 'is longer than 2,097,152 characters');

export const cancelParams = z.object({ id });
export const initializeParams = z.object({
  rootUri: uri.nullish(),
  workspaceFolders: z.array(z.object({ uri })).nullish(),
});
export const didOpenParams = z.object({
  textDocument: z.object({ uri, version: z.number().int(), text }),
});
export const changeSchema = z.object({ range: rangeSchema.optional(), text });
export const didChangeParams = z.object({
  textDocument: z.object({ uri, version: z.number().int() }),
  contentChanges: z.array(changeSchema).max(10_000),
});
export const documentParams = z.object({ textDocument });
export const placeParams = z.object({ textDocument, position });
export const referenceParams = placeParams.extend({
  context: z.object({ includeDeclaration: z.boolean() }),
});
export const renameParams = placeParams.extend({ newName: z.string().max(200) });
export const codeActionParams = z.object({ textDocument, range: rangeSchema });
export const workspaceSymbolParams = z.object({ query: z.string().max(200) });
