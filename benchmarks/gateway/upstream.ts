/**
 * The provider behind every target, in a process of its own: OpenAI's wire, always the same answer. A whole answer has
 * 705 bytes; a stream has 11 frames in one write. The model's name asks for something else: `slow-<ms>` waits between
 * the frames, `gated` sends nothing after the first frame before it is told to by `POST /release`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveJobs } from './program.ts';

export interface UpstreamAddress {
  readonly port: number;
}

const head = { id: 'chatcmpl-bench', created: 1_700_000_000, model: 'bench' };
const usage = {
  prompt_tokens: 24,
  completion_tokens: 48,
  total_tokens: 72,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

const wholeBytes = 705;

const wholeOf = (content: string): string =>
  JSON.stringify({
    ...head,
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage,
    system_fingerprint: null,
  });

const words = 'The gateway hands this answer on as it came. ';
const content = words.repeat(20).slice(0, wholeBytes - wholeOf('').length);
const whole = wholeOf(content);

const chunk = (choices: readonly object[], used: object | null): string =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, usage: used })}\n\n`;

const delta = (delta: object, finish: string | null): string =>
  chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }], null);

const frames: readonly string[] = [
  delta({ role: 'assistant', content: '', refusal: null }, null),
  ...Array.from({ length: 7 }, (_, index) => delta({ content: words.slice(index * 5, index * 5 + 9) }, null)),
  delta({}, 'stop'),
  chunk([], usage),
  'data: [DONE]\n\n',
];
const stream = frames.join('');

let gate = Promise.withResolvers<void>();

const drip = async (response: ServerResponse, pauseMs: number): Promise<void> => {
  for (const frame of frames) {
    response.write(frame);
    await (pauseMs === 0 ? gate.promise : sleep(pauseMs));
  }
  response.end();
};

const answer = (body: string, response: ServerResponse): void => {
  if (!body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': wholeBytes });
    response.end(whole);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const [, model = ''] = /"model":"([^"]*)"/.exec(body) ?? [];
  if (model === 'gated') gate = Promise.withResolvers();
  if (model !== 'gated' && !model.startsWith('slow-')) {
    response.end(stream);
    return;
  }
  drip(response, Number(model.split('-')[1] ?? 0)).catch((error: unknown) => console.error(error));
};

const handle = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.url === '/release') {
    gate.resolve();
    response.end();
    return;
  }
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => answer(body, response));
};

serveJobs(
  () =>
    new Promise<UpstreamAddress>((resolve) => {
      const server = createServer(handle);
      server.keepAliveTimeout = 120_000;
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
        const address = server.address();
        resolve({ port: typeof address === 'object' && address !== null ? address.port : 0 });
      });
    }),
);
