/** One call and what the document says about its answer. */
import type { Call } from './calls.ts';
import type { Judge, OpenAiDocument } from './document.ts';

export interface Endpoint {
  /** With `/v1`. */
  readonly baseUrl: string;
  readonly key: string;
}

export type Outcome =
  | { readonly type: 'kept'; readonly judged: number }
  /** The platform answers this whole path with 404. */
  | { readonly type: 'not_offered' }
  /** The model cannot do this, and its answer names the parameter. */
  | { readonly type: 'refused' }
  | { readonly type: 'violated'; readonly complaints: readonly string[] };

const violated = (...complaints: readonly string[]): Outcome => ({ type: 'violated', complaints });

const send = (endpoint: Endpoint, call: Call): Promise<Response> => {
  const path = call.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => call.parameters?.[name] ?? '');
  const key = call.key === undefined ? endpoint.key : call.key;
  return fetch(`${endpoint.baseUrl}${path}`, {
    method: call.method,
    headers: {
      ...(call.method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(call.method === 'POST' ? { body: call.rawBody ?? JSON.stringify(call.body) } : {}),
  });
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

/** The data of the events of a stream, comments left out. */
const readEvents = (text: string): readonly string[] =>
  text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trimStart())
        .join('\n'),
    )
    .filter((data) => data !== '');

const choicesOf = (chunk: unknown): readonly unknown[] => {
  const found = property(chunk, 'choices');
  return Array.isArray(found) ? found : [];
};

/** What a schema of one chunk cannot say: how the chunks of a whole stream belong together. */
const chunkRules = (chunks: readonly unknown[], done: boolean, call: Call): readonly string[] => {
  const ids = new Set(chunks.map((chunk) => property(chunk, 'id')));
  const choices = chunks.flatMap(choicesOf);
  const ends = choices.filter((choice) => typeof property(choice, 'finish_reason') === 'string');
  const answers = new Set(choices.map((choice) => property(choice, 'index'))).size;
  const ended = new Set(ends.map((choice) => property(choice, 'index'))).size;
  const wantsUsage = property(property(call.body, 'stream_options'), 'include_usage') === true;
  const last = chunks.at(-1);
  const used = typeof property(last, 'usage') === 'object' && property(last, 'usage') !== null;
  return [
    ...(done ? [] : ['the stream does not end with [DONE]']),
    ...(ids.size === 1 ? [] : ['the chunks have different ids']),
    ...(answers > 0 && ended === answers && ends.length === answers
      ? []
      : [`${ends.length} chunks have a finish_reason, and ${ended} of ${answers} answers`]),
    ...(used === wantsUsage
      ? []
      : [wantsUsage ? 'the last chunk has no usage' : 'there is usage that nobody asked for']),
  ];
};

const chatStreamRules = (chunks: readonly unknown[], done: boolean, call: Call): readonly string[] => {
  const choices = chunks.flatMap(choicesOf);
  const roles = choices.filter((choice) => property(property(choice, 'delta'), 'role') !== undefined).length;
  return [...chunkRules(chunks, done, call), ...(roles === 1 ? [] : [`${roles} chunks have a role`])];
};

const promptsPath = '/completions';

/**
 * Of streamed prompts the document says only that their chunks have the shape of a whole answer; the original has null
 * there for what is still to come.
 */
const withoutNulls = (chunk: unknown): unknown => {
  if (typeof chunk !== 'object' || chunk === null) return chunk;
  const { usage, ...rest } = { usage: null, ...chunk };
  const choices = choicesOf(chunk).map((choice) =>
    property(choice, 'finish_reason') === null ? { ...Object(choice), finish_reason: 'stop' } : choice,
  );
  return { ...rest, choices, ...(usage === null ? {} : { usage }) };
};

const finalEvents = new Set(['response.completed', 'response.incomplete', 'response.failed']);

const responseStreamRules = (events: readonly unknown[]): readonly string[] => {
  const numbers = events.map((event) => property(event, 'sequence_number'));
  const ordered = numbers.every((number, index) => number === index);
  const last = property(events.at(-1), 'type');
  return [
    ...(ordered ? [] : [`sequence_number does not count from 0: ${numbers.slice(0, 5).join(', ')} …`]),
    ...(finalEvents.has(String(last)) ? [] : [`the last event is ${String(last)}`]),
  ];
};

const streamRules = (values: readonly unknown[], done: boolean, call: Call): readonly string[] => {
  if (call.path === '/responses') return responseStreamRules(values);
  return call.path === promptsPath ? chunkRules(values, done, call) : chatStreamRules(values, done, call);
};

const streamJudgeOf = (document: OpenAiDocument, call: Call): Judge | undefined => {
  if (call.path !== promptsPath) return document.answer(call.method, call.path, 'text/event-stream');
  const judge = document.answer(call.method, call.path, 'application/json');
  return judge === undefined ? undefined : (chunk) => judge(withoutNulls(chunk));
};

const judgeStream = (text: string, call: Call, judge: Judge): Outcome => {
  const events = readEvents(text);
  const done = events.at(-1) === '[DONE]';
  const values = (done ? events.slice(0, -1) : events).map(parse);
  const complaints = values.flatMap((value, index) => judge(value).map((complaint) => `chunk ${index}: ${complaint}`));
  const rules = streamRules(values, done, call);
  return complaints.length + rules.length > 0
    ? violated(...complaints.slice(0, 5), ...rules)
    : { type: 'kept', judged: values.length };
};

const judgeError = (response: Response, text: string, document: OpenAiDocument): Outcome => {
  if (response.status < 400) return violated(`status ${response.status} where an error was expected`);
  const complaints = [
    ...document.error(parse(text)),
    ...(response.headers.has('x-request-id') ? [] : ['the header x-request-id is missing']),
  ];
  return complaints.length > 0 ? violated(...complaints) : { type: 'kept', judged: 1 };
};

const refusalCodes: readonly unknown[] = ['unsupported_parameter', 'invalid_value'];

/** A refusal that is one in the document's own form, and says which parameter it is about. */
const judgeRefusal = (response: Response, text: string, document: OpenAiDocument): Outcome => {
  const judged = judgeError(response, text, document);
  const error = property(parse(text), 'error');
  const names = typeof property(error, 'param') === 'string' && refusalCodes.includes(property(error, 'code'));
  if (judged.type !== 'kept') return judged;
  return names ? { type: 'refused' } : violated(`a refusal that names no parameter: ${text.slice(0, 300)}`);
};

/** Makes the call and judges its answer. */
export const exchange = async (endpoint: Endpoint, document: OpenAiDocument, call: Call): Promise<Outcome> => {
  const response = await send(endpoint, call);
  const text = await response.text();
  if (call.expects === 'error') return judgeError(response, text, document);
  if (response.status === 400 && call.mayBeRefused === true) return judgeRefusal(response, text, document);
  if (response.status !== 200) return violated(`status ${response.status}: ${text.slice(0, 300)}`);
  const contentType = call.expects === 'stream' ? 'text/event-stream' : 'application/json';
  const sent = response.headers.get('content-type') ?? '';
  if (!sent.startsWith(contentType)) return violated(`content-type ${sent} instead of ${contentType}`);
  const isStream = call.expects === 'stream';
  const judge = isStream ? streamJudgeOf(document, call) : document.answer(call.method, call.path, contentType);
  if (judge === undefined)
    return violated(`the document knows no ${contentType} answer of ${call.method} ${call.path}`);
  if (isStream) return judgeStream(text, call, judge);
  const complaints = judge(parse(text));
  return complaints.length > 0 ? violated(...complaints) : { type: 'kept', judged: 1 };
};

/** Whether the platform has this path at all: an unknown one answers 404 without naming a model. */
export const isOffered = async (endpoint: Endpoint, call: Call): Promise<boolean> => {
  const { status, body } = await send(endpoint, { ...call, key: endpoint.key, rawBody: '{}' });
  await body?.cancel();
  return status !== 404;
};
