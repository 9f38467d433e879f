/**
 * The outside world: an HTTP service whose effects are counted here, where no crash of the platform reaches. It has one
 * tool of each effect class, and misbehaves in each of the ways that leave a caller in doubt.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { loopback } from '../platform/ports.ts';
import type { Random } from './random.ts';

export const effectClasses = ['pure', 'idempotent', 'lookup', 'unsafe'] as const;
export type EffectClass = (typeof effectClasses)[number];

/** `ledger_<class>`. */
export const toolName = (effectClass: EffectClass): string => `ledger_${effectClass}`;

/** One call as the model meant it, however often it was sent. */
interface Intention {
  readonly effectClass: EffectClass;
  readonly keys: Set<string>;
  requests: number;
  effects: number;
}

type Misfortune = 'none' | 'slow' | 'fails_before' | 'fails_after' | 'cut_before' | 'cut_after';

export interface Ledger {
  readonly url: string;
  readonly intentions: ReadonlyMap<string, Intention>;
  readonly tools: (naive: boolean) => readonly object[];
  readonly close: () => Promise<void>;
}

export interface LedgerOptions {
  readonly random: Random;
  /** Called when a request has come in, before anything is done: the moment at which a kill hurts most. */
  readonly onRequest: (id: string) => void;
  /** Called when an effect was done and its answer has not been sent. */
  readonly onEffect: (id: string) => void;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

const isEffectClass = (text: string): text is EffectClass => effectClasses.some((known) => known === text);

/** Most calls go well; the rest end so that the caller cannot know whether the effect happened, or takes its time. */
const drawMisfortune = (random: Random, effectClass: EffectClass): Misfortune => {
  if (random.chance(0.7)) return random.chance(0.5) ? 'none' : 'slow';
  // An unsafe effect in doubt waits for a person each time; a few of them show it as well as many.
  if (effectClass === 'unsafe' && random.chance(0.7)) return 'none';
  return random.pick(['fails_before', 'fails_after', 'cut_before', 'cut_after']);
};

/** What happened, in memory of this process alone. */
class Book {
  readonly intentions = new Map<string, Intention>();
  /** Receipts by idempotency key, as a service that knows keys remembers them. */
  readonly #receipts = new Map<string, string>();

  receipt(key: string): string | undefined {
    return this.#receipts.get(key);
  }

  intend(id: string, effectClass: EffectClass, key: string | undefined): Intention {
    const known = this.intentions.get(id) ?? { effectClass, keys: new Set<string>(), requests: 0, effects: 0 };
    known.requests += 1;
    if (key !== undefined) known.keys.add(key);
    this.intentions.set(id, known);
    return known;
  }

  apply(id: string, intention: Intention, key: string | undefined): string {
    const kept = intention.effectClass === 'idempotent' && key !== undefined ? this.#receipts.get(key) : undefined;
    if (kept !== undefined) return kept;
    intention.effects += 1;
    const receipt = `receipt for ${id}`;
    if (key !== undefined) this.#receipts.set(key, receipt);
    return receipt;
  }
}

const callTool = async (
  book: Book,
  { random, onRequest, onEffect }: LedgerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  effectClass: EffectClass,
): Promise<void> => {
  // SAFETY: the platform sends what the model of this harness wrote; anything else ends as a 400 of the server.
  const { arguments: given } = JSON.parse(await readBody(request)) as { readonly arguments: { readonly id: string } };
  const header = request.headers['idempotency-key'];
  const key = typeof header === 'string' ? header : undefined;
  const intention = book.intend(given.id, effectClass, key);
  const misfortune = drawMisfortune(random, effectClass);
  onRequest(given.id);
  if (misfortune === 'slow') await sleep(random.between(20, 250));
  if (misfortune === 'fails_before') return send(response, 503, { error: 'try again' });
  if (misfortune === 'cut_before') return void response.destroy();
  const receipt = book.apply(given.id, intention, key);
  onEffect(given.id);
  if (misfortune === 'fails_after') return send(response, 500, { error: 'something went wrong afterwards' });
  if (misfortune === 'cut_after') return void response.destroy();
  send(response, 200, { receipt });
};

/** Starts it on a free loopback port. */
export const startLedger = async (options: LedgerOptions): Promise<Ledger> => {
  const book = new Book();
  const { url, close } = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://ledger');
    const [, place = '', name = ''] = pathname.split('/');
    if (place === 'tools' && isEffectClass(name)) return callTool(book, options, request, response, name);
    const receipt = place === 'lookup' ? book.receipt(searchParams.get('key') ?? '') : undefined;
    if (receipt === undefined) return send(response, 404, { found: false });
    send(response, 200, { found: true, result: { receipt } });
  });
  const tools = (naive: boolean): readonly object[] =>
    effectClasses.map((effectClass) => describeTool(url, effectClass, naive));
  return { url, intentions: book.intentions, tools, close };
};

const listen = async (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Pick<Ledger, 'url' | 'close'>> => {
  const server = createServer((request, response) => {
    handle(request, response).catch(() => send(response, 400, { error: 'not understood' }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, loopback, () => resolve());
  });
  const address = server.address();
  return {
    url: `http://${loopback}:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Naive: every tool is declared pure, so that a call in doubt is simply made again, without a key and without a question. */
const describeTool = (url: string, effectClass: EffectClass, naive: boolean): object => ({
  name: toolName(effectClass),
  description: `Writes a line into the outside ledger (${effectClass}).`,
  parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  url: `${url}/tools/${effectClass}`,
  effectClass: naive ? 'pure' : effectClass,
  ...(effectClass === 'lookup' && !naive ? { lookupUrl: `${url}/lookup` } : {}),
});
