/** The unmodified `openai` SDK against a gateway of a test. */
import OpenAI from 'openai';
import type { Gateway } from './harness.ts';

export const createOpenAi = (gateway: Gateway, key: string): OpenAI =>
  new OpenAI({
    baseURL: 'https://aidevos.test/v1',
    apiKey: key,
    maxRetries: 0,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      const body = await request.text();
      return await gateway.send(`${pathname}${search}`, {
        method: request.method,
        headers: Object.fromEntries(request.headers),
        ...(body === '' ? {} : { body }),
      });
    },
  });
