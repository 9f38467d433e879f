/** The older operation of OpenAI's API, which completes prompts: `POST /v1/completions`. */
import { list, property, textProperty } from './server.ts';
import { pieces, stopOf, type ParsedRequest, type ScriptedTurn } from './script.ts';

const fields = [
  'model',
  'prompt',
  'best_of',
  'echo',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'max_tokens',
  'n',
  'presence_penalty',
  'seed',
  'stop',
  'stream',
  'stream_options',
  'suffix',
  'temperature',
  'top_p',
  'user',
];

const numberProperty = (body: unknown, name: string): number | undefined => {
  const found = property(body, name);
  return typeof found === 'number' ? found : undefined;
};

/** One answer for each prompt and each of `n`; a list of numbers is one prompt in tokens. */
export const parsePrompt = (body: unknown, index: number): ParsedRequest => {
  const unknown = Object.keys(Object(body)).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw new Error(`Unrecognized request argument supplied: ${unknown}`);
  const prompt = property(body, 'prompt');
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? list(prompt) : [prompt];
  return {
    model: textProperty(body, 'model'),
    system: '',
    messages: prompts.map((text) => ({ role: 'user', text: typeof text === 'string' ? text : '' })),
    tools: [],
    index,
    older: { type: 'prompt', answers: prompts.length * (numberProperty(body, 'n') ?? 1) },
  };
};

const finishReasons = { end: 'stop', tool_calls: 'stop', length: 'length', refusal: 'content_filter' } as const;

const sharedOf = ({ index, model }: ParsedRequest): object => ({
  id: `cmpl-${index}`,
  object: 'text_completion',
  created: 1_700_000_000,
  model,
});

const places = (answers: number): readonly number[] => Array.from({ length: answers }, (_, place) => place);

/** The answers take turns, as those of the real server do. */
export const promptFrames = (
  request: ParsedRequest,
  answers: number,
  turn: ScriptedTurn,
  usage: object | undefined,
): readonly string[] => {
  const frame = (more: object): string => `data: ${JSON.stringify({ ...sharedOf(request), ...more })}\n\n`;
  const chunk = (index: number, text: string, reason: string | null): string =>
    frame({
      choices: [{ text, index, logprobs: null, finish_reason: reason }],
      ...(usage === undefined ? {} : { usage: null }),
    });
  return [
    ...pieces(turn.text ?? '').flatMap((text) => places(answers).map((index) => chunk(index, text, null))),
    ...places(answers).map((index) => chunk(index, '', finishReasons[stopOf(turn)])),
    ...(usage === undefined ? [] : [frame({ choices: [], usage })]),
    'data: [DONE]\n\n',
  ];
};

/** The same at once. */
export const wholePrompt = (request: ParsedRequest, answers: number, turn: ScriptedTurn, usage: object): object => ({
  ...sharedOf(request),
  choices: places(answers).map((index) => ({
    text: turn.text ?? '',
    index,
    logprobs: null,
    finish_reason: finishReasons[stopOf(turn)],
  })),
  usage,
});
