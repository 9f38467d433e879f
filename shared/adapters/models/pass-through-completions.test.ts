/** The older operation of OpenAI's wire, which completes bare prompts: its bytes in both directions. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { joinBytes } from '../../domain/join-bytes.ts';
import { openAiCompletions, passThrough } from './pass-through.ts';

let server: Server | undefined;

afterEach(async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  server?.close(() => resolve());
  server?.closeAllConnections();
  await promise;
});

/** Answers with these words, and tells what it was sent. */
const start = async (contentType: string, words: string) => {
  const sent: string[] = [];
  const listening = Promise.withResolvers<void>();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      sent.push(`${request.url} ${request.headers.authorization} ${body}`);
      response.writeHead(200, { 'content-type': contentType });
      response.end(words);
    });
  });
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  // SAFETY: a server that listens at a port of TCP.
  const { port } = server.address() as AddressInfo;
  return { account: { apiKey: 'a-key', baseUrl: `http://127.0.0.1:${port}/v1/` }, sent };
};

// A number that JavaScript cannot hold, and spaces that nobody needs.
const body = '{ "prompt": [[5], [6]], "seed": 12345678901234567890 }';
const request = { body, choices: 2, idempotencyKey: 'req_1' };
const usage = { inputTokens: 3, outputTokens: 4, cachedInputTokens: 0 };
const usageJson = '{"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}';

it('whole', async () => {
  const words = `{ "choices": [{"text": "a", "index": 0, "logprobs": null, "finish_reason": "stop"}], "usage": ${usageJson} }`;
  const { account, sent } = await start('application/json', words);
  const answer = await passThrough(account, { ...request, stream: false }, openAiCompletions);
  expect(sent).toEqual([`/v1/completions Bearer a-key ${body}`]);
  if (!answer.ok || answer.value.body.type !== 'whole') throw new Error('there is no whole answer');
  expect(new TextDecoder().decode(answer.value.body.bytes)).toBe(words);
  expect(answer.value.body.usage).toEqual(usage);
});

const chunk = (index: number, text: string, reason: string | null): string =>
  `data: {"choices": [{"text": "${text}", "index": ${index}, "logprobs": null, "finish_reason": ${JSON.stringify(reason)}}]}\n\n`;

const read = async (words: string, hidesUsage = false) => {
  const { account } = await start('text/event-stream', words);
  const answer = await passThrough(account, { ...request, stream: true, hidesUsage }, openAiCompletions);
  if (!answer.ok || answer.value.body.type !== 'stream') throw new Error('the answer does not stream');
  const pieces = [await answer.value.body.next()];
  while (pieces.at(-1)?.type === 'more') pieces.push(await answer.value.body.next());
  const text = new TextDecoder().decode(joinBytes(pieces.map(({ bytes }) => bytes)));
  return { text, last: pieces.at(-1) };
};

const done = 'data: [DONE]\n\n';

it('as a stream, whose end is that of its last answer; the usage is hidden from who did not ask for it', async () => {
  const answers = chunk(0, 'a', null) + chunk(1, 'b', null) + chunk(0, '', 'stop') + chunk(1, '', 'length');
  const told = `data: {"choices": [], "usage": ${usageJson}}\n\n`;
  expect(await read(answers + told + done)).toMatchObject({
    text: answers + told + done,
    last: { type: 'end', usage },
  });
  expect(await read(answers + told + done, true)).toMatchObject({ text: answers + done, last: { type: 'end', usage } });
});

it('as a stream that is broken when not every answer has come to its end', async () => {
  const cut = chunk(0, 'a', null) + chunk(0, '', 'stop') + chunk(1, 'b', null);
  for (const end of [done, '']) {
    const { last } = await read(cut + end);
    expect(last?.type).toBe('failed');
  }
});
