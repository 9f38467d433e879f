/** A call of a model is answered alike in the lane and by the app, which takes what comes from another origin. */
import { beforeAll, expect, it } from 'vitest';
import { createGateway, createRoleKey, createWorkspace, prepareDirectory } from '../testing/harness.ts';

const gateway = createGateway();
let member: string;
let viewer: string;

beforeAll(async () => {
  await prepareDirectory();
  const workspace = await createWorkspace(gateway);
  member = workspace.ownerKey;
  viewer = await createRoleKey(gateway, workspace, 'viewer');
});

interface Case {
  readonly path: string;
  readonly key?: () => string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = { 'content-type': 'application/json' };
const messages = [{ role: 'user', content: 'Hello' }];
const chat = (more: object): string => JSON.stringify({ model: 'offline/engineer', messages, ...more });
const mine = (): string => member;

const cases: Readonly<Record<string, Case>> = {
  'an answer': { path: '/v1/chat/completions', key: mine, headers: json, body: chat({}) },
  'a stream': { path: '/v1/chat/completions?x=1', key: mine, headers: json, body: chat({ stream: true }) },
  'a completion of a prompt': {
    path: '/v1/completions',
    key: mine,
    headers: json,
    body: JSON.stringify({ model: 'offline/engineer', prompt: 'Hello' }),
  },
  'a prompt that is not there': {
    path: '/v1/completions',
    key: mine,
    headers: json,
    body: JSON.stringify({ model: 'offline/engineer' }),
  },
  'a message': { path: '/v1/messages', key: mine, headers: json, body: chat({ max_tokens: 50 }) },
  'a response': {
    path: '/v1/responses',
    key: mine,
    headers: json,
    body: JSON.stringify({ model: 'offline/engineer', input: 'Hello', store: false }),
  },
  embeddings: {
    path: '/v1/embeddings',
    key: mine,
    headers: json,
    body: JSON.stringify({ model: 'offline/embedder', input: 'Hello' }),
  },
  'no key': { path: '/v1/chat/completions', headers: json, body: chat({}) },
  'no key of a message': { path: '/v1/messages', headers: json, body: chat({ max_tokens: 50 }) },
  'a bad key': { path: '/v1/chat/completions', key: () => 'nonsense', headers: json, body: chat({}) },
  'a role that may not': { path: '/v1/chat/completions', key: () => viewer, headers: json, body: chat({}) },
  'a body that is no JSON': { path: '/v1/responses', key: mine, headers: json, body: '{"model":' },
  'a body of no type': { path: '/v1/chat/completions', key: mine, body: chat({}) },
  'a body of another type': {
    path: '/v1/chat/completions',
    key: mine,
    headers: { 'content-type': 'application/xml' },
    body: '<model/>',
  },
  'no body': { path: '/v1/chat/completions', key: mine, headers: json },
  'an unknown model': { path: '/v1/chat/completions', key: mine, headers: json, body: chat({ model: 'openai/none' }) },
  'a wrong field': { path: '/v1/chat/completions', key: mine, headers: json, body: chat({ temperature: 'hot' }) },
};

/** What differs from call to call: ids, times, and what only browsers read. */
const settle = (text: string): string =>
  text
    .replaceAll(/(?:req|chatcmpl|cmpl|resp|msg|item|rs|fc)_?-?[0-9a-z]{20,}/g, '<id>')
    .replaceAll(/\d{10}/g, '<time>');

const tell = async (answer: Response) => ({
  status: answer.status,
  headers: [...answer.headers]
    .filter(([name]) => name !== 'vary' && !name.startsWith('access-control-'))
    .map(([name, value]) => `${name}: ${settle(value)}`),
  body: settle(await answer.text()),
});

it.each(Object.entries(cases))('%s', async (_name, { path, key, body, headers }) => {
  const options = {
    method: 'POST',
    ...(body === undefined ? {} : { body: new TextEncoder().encode(body) }),
    ...(key === undefined ? {} : { key: key() }),
  };
  const inLane = await tell(await gateway.send(path, { ...options, ...(headers === undefined ? {} : { headers }) }));
  const byApp = await tell(
    await gateway.send(path, { ...options, headers: { ...headers, origin: 'https://elsewhere.example' } }),
  );
  expect(inLane).toEqual(byApp);
  expect(inLane.headers.join('\n')).toContain('x-request-id');
});
