/**
 * `npm run check:openai -- <file>`: calls every endpoint of OpenAI's API that the platform offers and compares bodies,
 * chunks and events with OpenAI's own OpenAPI document. Exit code 1 when one does not keep to it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startFakeAnthropic } from '../shared/testing/models/fake-anthropic.ts';
import { startFakeOpenAi } from '../shared/testing/models/fake-openai.ts';
import type { Script } from '../shared/testing/models/script.ts';
import { callsFor, type Call } from './openai/calls.ts';
import { conversationCalls, makeConversation } from './openai/conversation-calls.ts';
import { readOpenAiDocument, type OpenAiDocument } from './openai/document.ts';
import { exchange, isOffered, type Endpoint, type Outcome } from './openai/exchange.ts';
import { startPlatform } from './platform/platform.ts';

const usage = `npm run check:openai -- <file> [--url <address> --key <key>]

  <file>   OpenAI's OpenAPI document as JSON
  --url    a platform that runs already, for example http://127.0.0.1:8787; default: one is started for the check, with
           providers behind it that speak the wires of OpenAI and Anthropic`;

const script: Script = ({ tools, messages }) => {
  const [name] = tools;
  return name === undefined || messages.at(-1)?.role === 'tool'
    ? { text: '{"title":"An answer","tags":[]}' }
    : { toolCalls: [{ name, arguments: { city: 'Oslo', days: 2 } }] };
};

interface Checked {
  readonly call: Call;
  readonly outcome: Outcome;
}

const readModels = async ({ baseUrl, key }: Endpoint): Promise<readonly string[]> => {
  const response = await fetch(`${baseUrl}/models`, { headers: { authorization: `Bearer ${key}` } });
  const list: unknown = await response.json();
  const data = typeof list === 'object' && list !== null && 'data' in list && Array.isArray(list.data) ? list.data : [];
  return data.flatMap((model: unknown) =>
    typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string' ? [model.id] : [],
  );
};

const check = async (endpoint: Endpoint, document: OpenAiDocument): Promise<readonly Checked[]> => {
  const offered = new Map<string, boolean>();
  const checked: Checked[] = [];
  const made = await makeConversation(endpoint);
  for (const call of [...callsFor(await readModels(endpoint)), ...conversationCalls(made)]) {
    const known = offered.get(call.path) ?? (call.method !== 'POST' || (await isOffered(endpoint, call)));
    offered.set(call.path, known);
    checked.push({ call, outcome: known ? await exchange(endpoint, document, call) : { type: 'not_offered' } });
  }
  return checked;
};

const withPlatform = async (work: (endpoint: Endpoint) => Promise<readonly Checked[]>): Promise<readonly Checked[]> => {
  const stateFolder = mkdtempSync(join(tmpdir(), 'aidevos-check-openai-'));
  const [openAi, anthropic] = await Promise.all([startFakeOpenAi(script), startFakeAnthropic(script)]);
  try {
    const platform = await startPlatform({
      stateFolder,
      variables: {
        OPENAI_API_KEY: openAi.apiKey,
        OPENAI_BASE_URL: `${openAi.url}/v1`,
        ANTHROPIC_API_KEY: anthropic.apiKey,
        ANTHROPIC_BASE_URL: anthropic.url,
        AIDEVOS_MODELS: 'openai/wire,anthropic/wire',
      },
    });
    try {
      return await work({ baseUrl: `${platform.url}/v1`, key: platform.apiKey });
    } finally {
      await platform.stop();
    }
  } finally {
    await Promise.all([openAi.close(), anthropic.close()]);
    rmSync(stateFolder, { recursive: true, force: true });
  }
};

const tell = (checked: readonly Checked[]): boolean => {
  for (const path of new Set(checked.map(({ call }) => call.path))) {
    const here = checked.filter(({ call }) => call.path === path);
    const judged = here.reduce((sum, { outcome }) => sum + (outcome.type === 'kept' ? outcome.judged : 0), 0);
    const broken = here.filter(({ outcome }) => outcome.type === 'violated');
    const refused = here.filter(({ outcome }) => outcome.type === 'refused').length;
    const offered = here.some(({ outcome }) => outcome.type !== 'not_offered');
    const verdict = offered
      ? `${judged} bodies, chunks and events kept to the document, ${broken.length} calls did not${refused === 0 ? '' : `; ${refused} refused by their parameter`}`
      : 'not offered';
    console.log(`${path.padEnd(46)} ${String(here.length).padStart(4)} calls   ${verdict}`);
    for (const { call, outcome } of broken)
      if (outcome.type === 'violated')
        console.log(`  ${call.name}\n${outcome.complaints.map((line) => `    ${line}`).join('\n')}`);
  }
  return checked.every(({ outcome }) => outcome.type !== 'violated');
};

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      url: { type: 'string' },
      key: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [file] = positionals;
  if (values.help || file === undefined || (values.url === undefined) !== (values.key === undefined)) {
    console.error(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const document = readOpenAiDocument(readFileSync(file, 'utf8'));
  const work = (endpoint: Endpoint): Promise<readonly Checked[]> => check(endpoint, document);
  const checked =
    values.url === undefined || values.key === undefined
      ? await withPlatform(work)
      : await work({ baseUrl: `${values.url.replace(/\/+$/, '')}/v1`, key: values.key });
  console.log(`OpenAI's document ${document.version}\n`);
  if (!tell(checked)) process.exitCode = 1;
};

try {
  await main();
} catch (error) {
  console.error(`check:openai: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
