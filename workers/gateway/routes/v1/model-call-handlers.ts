/** The operations of `/v1` that call a model, by their addresses; all are `POST` and for keys that may `model.use`. */
import type { AppContext } from '../../app-environment.ts';
import { chatCompletions } from './chat-completions.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { createMessage } from './messages/create.ts';
import { createResponse } from './responses/create.ts';

export const modelCallHandlers: ReadonlyMap<string, (context: AppContext) => Promise<Response>> = new Map([
  ['/v1/chat/completions', chatCompletions],
  ['/v1/completions', completions],
  ['/v1/embeddings', embeddings],
  ['/v1/messages', createMessage],
  ['/v1/responses', createResponse],
]);
