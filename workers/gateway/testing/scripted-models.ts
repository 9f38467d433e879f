/** What the fake providers of the gateway's tests say: the model's name decides, so that tests do not depend on order. */
import type { Fault, ScriptedTurn, Script } from '../../../shared/testing/models/script.ts';

const faults: Readonly<Record<string, Fault>> = {
  'rate-limited': { type: 'status', status: 429, retryAfter: '7' },
  'out-of-quota': { type: 'status', status: 429, code: 'insufficient_quota' },
  missing: { type: 'status', status: 404 },
  'too-long': { type: 'status', status: 400, code: 'context_length_exceeded' },
  overloaded: { type: 'status', status: 529 },
  broken: { type: 'status', status: 500 },
  html: { type: 'html', status: 200 },
  'html-error': { type: 'html', status: 502 },
  redirect: { type: 'redirect', status: 302, location: 'http://127.0.0.1:9/' },
  reset: { type: 'reset' },
  cut: { type: 'cut_after', bytes: 700 },
  closed: { type: 'close_after', frames: 4 },
  malformed: { type: 'malformed_frame', frames: 4 },
  'error-frame': { type: 'error_frame', frames: 4, code: 'server_error' },
  'without-done': { type: 'without_done' },
  drip: { type: 'drip', everyMs: 1 },
  never: { type: 'hang_before_headers' },
  silent: { type: 'hang_after', bytes: 700 },
  mute: { type: 'hang_before_headers' },
};

const words = 'one two three four five six seven eight nine ten';

const tools: ScriptedTurn = {
  toolCalls: [
    { id: 'call_a', name: 'get_weather', arguments: { city: 'Oslo' } },
    { id: 'call_b', name: 'get_time', arguments: {} },
  ],
};

const reasoning: ScriptedTurn['reasoning'] = [{ text: 'One should count, slowly.' }, { sealed: 'and not aloud' }];

/** The script of both providers. A model that is named as thoughtful thinks before all else. */
export const scriptedModels: Script = ({ model, tools: offered, messages }) => {
  const asks = offered.length > 0 && messages.at(-1)?.role !== 'tool';
  const said = asks ? tools : { text: words, inputTokens: 12, outputTokens: 10, cachedInputTokens: 4 };
  const turn = model === 'thoughtful' ? { ...said, reasoning, reasoningTokens: 6, cacheWriteTokens: 3 } : said;
  const fault = faults[model];
  return fault === undefined ? turn : { ...turn, fault };
};
