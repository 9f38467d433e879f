/** What messages mean, what is asked of the person, and what is said. */
import { describe, expect, it } from 'vitest';
import type { ModelEvent, ModelRequest, ToolDefinition } from '../../ports/model-client.ts';
import { testCreateIds } from '../../ports/ids.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { QuestionView } from '../../rpc/project.ts';
import { initialProgress } from '../progress/state.ts';
import { architect } from '../team/roles/architect.ts';
import { callToAsk, questionOfCall } from './ask-person.ts';
import { boundAnswer } from './bounded-answer.ts';
import { listedTeamModels, parseTeamModelName } from './model-names.ts';
import { answerAsRole } from './offline-answers.ts';
import { readMeaning } from './person-message.ts';
import { namedPaths } from './project-facts.ts';
import { mayRest, tell } from './telling.ts';

const ids = testCreateIds();
const open: QuestionView = {
  questionId: ids.create('qst'),
  taskId: ids.create('tsk'),
  taskTitle: 'Design',
  text: 'Which colour?',
  choices: ['red', 'blue'],
  status: 'open',
  askedAt: 1,
};

describe('a message', () => {
  it.each([
    'status',
    'What is the status?',
    'Show me the progress please',
    'Are you done?',
    'is it ready yet',
    'How far are you?',
    '',
  ])('asks how it stands: %j', (text) => {
    expect(readMeaning(text, [open], 'k')).toEqual({ type: 'status' });
  });

  it.each(['continue', 'Go on.', 'please wait for it'])('asks to follow: %j', (text) => {
    expect(readMeaning(text, [open], 'k')).toEqual({ type: 'follow' });
  });

  it('answers an open question, by a number too', () => {
    expect(readMeaning('Green, please', [open], 'k')).toMatchObject({ type: 'answer', text: 'Green, please' });
    expect(readMeaning(' 2. ', [open], 'k')).toMatchObject({ type: 'answer', text: 'blue' });
    expect(readMeaning('7', [open], 'k')).toMatchObject({ type: 'answer', text: '7' });
  });

  it('that was an answer already is one still, for the one who gave it', () => {
    const answered: QuestionView = {
      ...open,
      status: 'answered',
      answer: { text: 'blue', answeredBy: 'person:k', at: 2 },
    };
    expect(readMeaning('2', [answered], 'k')).toEqual({ type: 'follow' });
    expect(readMeaning('2', [answered], 'other')).toEqual({ type: 'note' });
  });

  it.each(['Which tests failed?', 'Are there any findings about dates?'])('asks about the project: %j', (text) => {
    expect(readMeaning(text, [open], 'k')).toEqual({ type: 'question' });
  });

  it('asks about the project without a question mark, where nothing waits for an answer', () => {
    expect(readMeaning('Show README.md', [], 'k')).toEqual({ type: 'question' });
    expect(readMeaning('Show it in blue', [open], 'k')).toMatchObject({ type: 'answer' });
  });

  it('is a note otherwise', () => {
    expect(readMeaning('Could you add a colour?', [], 'k')).toEqual({ type: 'note' });
    expect(readMeaning('Add a colour to notes', [], 'k')).toEqual({ type: 'note' });
  });
});

describe('a question', () => {
  const tool = (name: string, properties: object, required: readonly string[]): ToolDefinition => ({
    name,
    description: '',
    parameters: { type: 'object', properties, required },
  });
  const text = { type: 'string' };
  const list = { type: 'array', items: text };

  it('is asked by the client’s tool, whose call leads back to it', () => {
    const call = callToAsk(
      [tool('other', { question: text }, []), tool('ask_user', { question: text, options: list }, ['question'])],
      open,
    );
    expect(call?.name).toBe('ask_user');
    expect(JSON.parse(call?.argumentsJson ?? '')).toEqual({ question: 'Which colour?', options: ['red', 'blue'] });
    expect(questionOfCall(call?.id ?? '')).toBe(open.questionId);
  });

  it('is not asked by a tool that wants more, or that is no tool for it', () => {
    expect(
      callToAsk([tool('ask_user', { question: text, header: text }, ['question', 'header'])], open),
    ).toBeUndefined();
    expect(callToAsk([tool('shell', { question: text }, [])], open)).toBeUndefined();
    expect(questionOfCall('call_qst_other')).toBeUndefined();
  });
});

describe('names', () => {
  it('that are listed can all be read', () => {
    for (const name of listedTeamModels) expect(parseTeamModelName(name)).toBeDefined();
  });

  it('of roles may be said in other words', () => {
    expect(parseTeamModelName('role/project-manager')).toMatchObject({ role: { name: 'project_manager' } });
    expect(parseTeamModelName('role/developer')).toMatchObject({ role: { name: 'backend' } });
  });

  it.each(['teams', 'team/x', 'role/king', 'role/', 'agent/agt_1', 'agent/', 'role/constructor'])(
    'are not %s',
    (name) => {
      expect(parseTeamModelName(name)).toBeUndefined();
    },
  );
});

describe('events', () => {
  const told = (event: ProjectEvent) => tell(initialProgress, event);

  it('are told as reasoning, the important ones as content', () => {
    expect(told({ type: 'stage.entered', stage: 'design', revision: 0 })).toEqual({
      reasoning: '== design\n',
      content: '- design\n',
    });
    expect(told({ type: 'main.moved', commit: '0123456789' })).toEqual({ reasoning: 'main is at 01234567\n' });
    expect(mayRest({ type: 'project.completed', version: 'x' })).toBe(true);
    expect(mayRest({ type: 'main.moved', commit: 'x' })).toBe(false);
  });

  it('stay on one line, whatever they hold', () => {
    const { reasoning = '', content } = told({ type: 'project.failed', reason: 'a\nb\u001B[31m\n\nProject prj_x' });
    expect(reasoning.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(content).toBeUndefined();
  });
});

describe('an answer', () => {
  const request: ModelRequest = {
    model: 'team',
    system: '',
    messages: [{ role: 'user', content: 'x' }],
    tools: [],
    maxOutputTokens: 2,
    idempotencyKey: 'k',
  };
  const read = async (parts: readonly ModelEvent[]): Promise<readonly ModelEvent[]> => {
    const all: ModelEvent[] = [];
    async function* source(): AsyncGenerator<ModelEvent> {
      yield* parts;
    }
    for await (const event of boundAnswer(request, source())) all.push(event);
    return all;
  };

  it('ends for its length where the request wants it', async () => {
    const events = await read([
      { type: 'text_delta', text: 'abcdef' },
      { type: 'text_delta', text: 'ghijkl' },
      { type: 'finished', stopReason: 'end' },
    ]);
    expect(events.map((event) => ('text' in event ? event.text : event.type))).toEqual([
      'abcdef',
      'gh',
      'usage',
      'finished',
    ]);
    expect(events.at(-1)).toMatchObject({ stopReason: 'length' });
  });

  it('of the offline architect tells what would be built, and what is not understood', () => {
    const built = answerAsRole(architect, '# Notes\n\nA note has a title (required) and a text.\n');
    expect(built).toContain('rule-based');
    expect(built).toMatch(/backend: /);
    const sentence = 'The system must predict tomorrow’s weather with a neural network.';
    expect(answerAsRole(architect, `# Weather\n\nA reading has a temperature (number).\n\n${sentence}\n`)).toContain(
      'neural network',
    );
    expect(answerAsRole(architect, 'Hello')).toContain('cannot talk about your message');
  });

  it('names the files that a question names', () => {
    expect(namedPaths('What is in `src/app.ts`, and README.md?', ['README.md', 'src/app.ts', 'src'])).toEqual([
      'README.md',
      'src/app.ts',
    ]);
  });
});
