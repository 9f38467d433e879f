import type { Context } from 'hono';
import type { TurnMemory } from '../../shared/protocol/responses/turn-memory.ts';
import type { AnswerHeaders } from './answer-headers.ts';
import type { ChatModels } from './chat-models.ts';
import type { Principal } from './key-ring.ts';
import type { Services } from './services.ts';

/** What the middleware puts on each request. */
export interface AppEnvironment {
  Variables: {
    services: Services;
    requestId: string;
    /** Only behind authentication. */
    principal: Principal;
    /** Of the caller's workspace; only where models are used. */
    chatModels: ChatModels;
    /** From the `Idempotency-Key` header, else fresh: a repeated command answers its first reply. */
    commandId: string;
    /** Where the guard read the body as JSON for routes that take it from here. */
    jsonBody: { readonly text: string; readonly value: unknown } | undefined;
    /** What the connection of a call remembers; only of calls over a socket. */
    turnMemory: TurnMemory | undefined;
    /** The call of a model has a line of its own in the log, when it ends. */
    hasCallLog: true | undefined;
    /** Of a call of a model: headers that belong to every answer it gets. */
    callHeaders: AnswerHeaders | undefined;
    /** The answer that was made with all of its headers. */
    dressed: Response | undefined;
  };
}

export type AppContext = Context<AppEnvironment>;
