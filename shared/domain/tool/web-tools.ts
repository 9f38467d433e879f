/** The open network, as far as persons opened it for the project. */
import { z } from 'zod';
import { defineOpenTool, toolError } from './tool.ts';

export const fetchUrl = defineOpenTool({
  name: 'fetch_url',
  description:
    'Fetches a page or document over http or https by GET, from origins that a person allowed for this project. Redirects are followed only to allowed origins. No cookies and no credentials are sent.',
  parameters: z.strictObject({
    url: z.string().min(1).max(2_000),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    accept: z.string().max(200).optional().describe('For example application/json.'),
  }),
  effectClass: 'pure',
  capability: 'network',
  cost: 'high',
  isLong: true,
  examples: [{ arguments: { url: 'https://example.com/openapi.json' }, shows: 'a document of an allowed origin' }],
  describe: ({ url }) => url,
  run: async ({ url, method, accept }, context) => {
    const rules = await context.fetchRules();
    if (!rules.ok) return toolError(rules.error.detail);
    const headers: Record<string, string> = accept === undefined ? {} : { accept };
    const answer = await context.web.fetch({ url, method, headers, rules: rules.value });
    if (answer.type !== 'answered')
      return toolError(answer.type === 'refused' ? `Not fetched: ${answer.reason}` : answer.reason);
    const content = [
      `${answer.status} ${answer.url}`,
      ...(answer.contentType === '' ? [] : [answer.contentType]),
      '',
      answer.text,
      ...(answer.cut ? ['[the answer went on]'] : []),
    ].join('\n');
    return answer.status < 400 ? { content } : toolError(content);
  },
});
