import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ModelMessage, ModelRequest, ToolDefinition } from '../../../ports/model-client.ts';
import { chat, offlineChat } from './chat.ts';
import { answerFromFacts } from './facts.ts';
import { readInstruction } from './instruction.ts';

const tool = (
  name: string,
  properties: object,
  required: readonly string[] = Object.keys(properties),
): ToolDefinition => ({
  name,
  description: name,
  parameters: { type: 'object', properties, required },
});

const text = { type: 'string' };

/** The tools of coding tools as they are: opencode's, pi's, Codex's, Cline's, and an editor with sub-commands. */
const openCode = [
  tool('bash', { command: text, description: text, timeout: { type: 'number' } }, ['command', 'description']),
  tool('edit', { filePath: text, oldString: text, newString: text, replaceAll: { type: 'boolean' } }, [
    'filePath',
    'oldString',
    'newString',
  ]),
  tool('read', { filePath: text, limit: { type: 'number' } }, ['filePath']),
  tool('write', { content: text, filePath: text }),
];
const pi = [
  tool('bash', { command: text }),
  tool('edit', {
    path: text,
    edits: {
      type: 'array',
      items: { type: 'object', properties: { oldText: text, newText: text }, required: ['oldText', 'newText'] },
    },
  }),
];
const codex = [tool('exec_command', { cmd: text, workdir: text }, ['cmd'])];
const orNull = { anyOf: [text, { type: 'null' }] };
const files = { type: 'array', items: { type: 'object', properties: { path: text }, required: ['path'] } };
const cline = [
  tool('read_files', { files }),
  tool('editor', { path: text, old_text: orNull, new_text: text }, ['path', 'new_text']),
  tool('run_commands', { commands: { type: 'array', items: text } }),
];
const arrayShell = [tool('shell', { command: { type: 'array', items: text } })];
const editor = [
  tool(
    'str_replace_based_edit_tool',
    {
      command: { type: 'string', enum: ['view', 'create', 'str_replace'] },
      path: text,
      old_str: text,
      new_str: text,
      file_text: text,
    },
    ['command', 'path'],
  ),
];

const request = (messages: readonly ModelMessage[], tools: readonly ToolDefinition[], options = {}): ModelRequest => ({
  model: 'engineer',
  system: '',
  messages,
  tools,
  maxOutputTokens: 1_000,
  idempotencyKey: 'k',
  options,
});

const user = (content: string): ModelMessage => ({ role: 'user', content });

const answer = (messages: readonly ModelMessage[], tools: readonly ToolDefinition[], options = {}) => {
  const made = chat(request(messages, tools, options));
  if (!made.ok) throw new Error(made.error);
  const [call] = made.value.calls;
  return call === undefined ? { text: made.value.text } : { name: call.name, input: JSON.parse(call.argumentsJson) };
};

/** The conversation until the model answers in words: what it called, and its last words. */
const converse = (said: string, tools: readonly ToolDefinition[], results = (name: string) => `${name} is done`) => {
  const messages: ModelMessage[] = [user(said)];
  const calls: unknown[] = [];
  for (;;) {
    const next = answer(messages, tools);
    if (next.name === undefined) return { calls, text: next.text };
    calls.push([next.name, next.input]);
    if (calls.length > 5) throw new Error('it goes on for ever');
    const id = `call_${calls.length}`;
    messages.push(
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id, name: next.name, argumentsJson: JSON.stringify(next.input) }],
      },
      { role: 'tool', toolCallId: id, toolName: next.name, content: results(next.name), isError: false },
    );
  }
};

describe('an instruction', () => {
  it.each([
    [
      'replace "Helo" with "Hello" in greeting.txt',
      { type: 'replace', path: 'greeting.txt', from: 'Helo', to: 'Hello' },
    ],
    [
      'Please change the word `a b` to `c` in the file src/app/main.ts.',
      { type: 'replace', path: 'src/app/main.ts', from: 'a b', to: 'c' },
    ],
    ['In notes/todo.md, replace “old” by “”', { type: 'replace', path: 'notes/todo.md', from: 'old', to: '' }],
    ['Write a file /tmp/x.txt with the content "one two"', { type: 'write', path: '/tmp/x.txt', content: 'one two' }],
    ['create hello.py containing:\n```python\nprint(1)\n```', { type: 'write', path: 'hello.py', content: 'print(1)' }],
    ["save 'done' to the file .status/now", { type: 'write', path: '.status/now', content: 'done' }],
    ['Could you read the file README.md?', { type: 'read', path: 'README.md' }],
    ['show me the contents of "my notes.txt"', { type: 'read', path: 'my notes.txt' }],
    ['Now run `npm test -- --silent`', { type: 'run', command: 'npm test -- --silent' }],
    ['execute the command "ls -la"', { type: 'run', command: 'ls -la' }],
    ['list the files in src/app', { type: 'list', path: 'src/app' }],
    [
      String.raw`"replace \"a\" with \"b\\c\" in d.txt"`,
      { type: 'replace', path: 'd.txt', from: 'a', to: String.raw`b\c` },
    ],
    ['List the files.', { type: 'list', path: '.' }],
  ])('is read from explicit words: %s', (said, instruction) => {
    expect(readInstruction(said)).toEqual(instruction);
  });

  it.each([
    'Read the docs and tell me more.',
    'How do I create a project?',
    'I cannot run this',
    'What is a file?',
    '',
  ])('is not read into other sentences: %s', (said) => {
    expect(readInstruction(said)).toBeUndefined();
  });

  it('is read of any text, and found again whatever stands in the quotation marks', () => {
    const inside = fc.string().filter((content) => !/["]/.test(content));
    fc.assert(
      fc.property(
        inside.filter((content) => content !== ''),
        inside,
        (from, to) => {
          expect(readInstruction(`replace "${from}" with "${to}" in a/b.txt`)).toEqual({
            type: 'replace',
            path: 'a/b.txt',
            from,
            to,
          });
        },
      ),
    );
    fc.assert(fc.property(fc.string(), (said) => typeof readInstruction(said) !== 'string'));
  });
});

describe('tools', () => {
  const change = 'Replace "Helo" with "Hello" in greeting.txt';

  it('edit a file after it was read, with the names that each program gives its arguments', () => {
    expect(converse(change, openCode)).toEqual({
      calls: [
        ['read', { filePath: 'greeting.txt' }],
        ['edit', { filePath: 'greeting.txt', oldString: 'Helo', newString: 'Hello' }],
      ],
      text: 'The tool edit answered: edit is done',
    });
    expect(converse(change, pi).calls).toEqual([
      ['edit', { path: 'greeting.txt', edits: [{ oldText: 'Helo', newText: 'Hello' }] }],
    ]);
    expect(converse(change, cline).calls).toEqual([
      ['read_files', { files: [{ path: 'greeting.txt' }] }],
      ['editor', { path: 'greeting.txt', old_text: 'Helo', new_text: 'Hello' }],
    ]);
    expect(converse(change, editor).calls).toEqual([
      ['str_replace_based_edit_tool', { command: 'view', path: 'greeting.txt' }],
      [
        'str_replace_based_edit_tool',
        { command: 'str_replace', path: 'greeting.txt', old_str: 'Helo', new_str: 'Hello' },
      ],
    ]);
  });

  it('edit through a shell where there is nothing else, quoting what was said', () => {
    const [[name, input] = []] = converse(`replace "a/b" with "it's & c" in "it's.txt"`, codex).calls as [
      string,
      { cmd: string },
    ][];
    expect(name).toBe('exec_command');
    expect(input?.cmd).toBe(
      String.raw`sed -i.bak -e 's/a\/b/it'\''s \& c/g' -- 'it'\''s.txt' && rm -- 'it'\''s.txt.bak'`,
    );
    expect(converse('run `echo hi`', cline).calls).toEqual([['run_commands', { commands: ['echo hi'] }]]);
    expect(converse('run `echo hi`', arrayShell).calls).toEqual([['shell', { command: ['sh', '-c', 'echo hi'] }]]);
  });

  it('do what was said, whatever the client adds to it', () => {
    const added = '\n\n<environment_details>\nWorking directory: /w\nread notes.txt\n</environment_details>';
    const quoted = String.raw`"Replace \"Helo\" with \"Hello\" in greeting.txt"`;
    expect(converse(quoted + added, openCode)).toEqual(converse(change, openCode));
  });

  it('take whole paths where they say so, in the folder that the client works in', () => {
    const whole = tool('write_file', {
      file_path: { ...text, description: 'The absolute path of the file' },
      content: text,
    });
    const said = user('write a.txt with the content "x"');
    const made = chat({
      ...request([said], [whole]),
      system: 'I am a tool.\nCurrent working directory: /home/me/app.\n',
    });
    expect(made.ok ? made.value.calls[0]?.argumentsJson : '').toBe('{"file_path":"/home/me/app/a.txt","content":"x"}');
    expect(converse('write a.txt with the content "x"', [whole]).calls).toEqual([
      ['write_file', { file_path: 'a.txt', content: 'x' }],
    ]);
  });

  it('write, read and run', () => {
    expect(converse('write a.txt with the content "x"', openCode).calls).toEqual([
      ['write', { content: 'x', filePath: 'a.txt' }],
    ]);
    expect(converse('run "date"', openCode).calls).toEqual([
      ['bash', { command: 'date', description: 'Does what the user asked for' }],
    ]);
    expect(converse('read a.txt', codex).calls).toEqual([['exec_command', { cmd: "cat -- 'a.txt'" }]]);
  });

  it('are not called when none of them fits, and the answer says so', () => {
    const said = 'replace "a" with "b" in c.txt';
    const { calls, text: words } = converse(said, [tool('weather', { city: text })]);
    expect(calls).toEqual([]);
    expect(words).toContain('none of the tools');
    expect(converse('Read the docs, please.', openCode).calls).toEqual([]);
  });

  it('are given the arguments that the message says', () => {
    const weather = tool('look_up_weather', {
      city: text,
      days: { type: 'integer', minimum: 1 },
      unit: { enum: ['celsius', 'kelvin'] },
    });
    const input = (said: string) => converse(said, [weather]).calls;
    expect(input('Please use look_up_weather with city "New York", days: 3 in kelvin')).toEqual([
      ['look_up_weather', { city: 'New York', days: 3, unit: 'kelvin' }],
    ]);
    expect(input('call look_up_weather {"city":"Oslo","days":2,"unit":"celsius"}')).toEqual([
      ['look_up_weather', { city: 'Oslo', days: 2, unit: 'celsius' }],
    ]);
    expect(input('look_up_weather!')).toEqual([['look_up_weather', { city: '', days: 1, unit: 'celsius' }]]);
  });

  it('end in words whatever is asked of whatever tools', () => {
    const said = fc.oneof(
      fc.string(),
      fc.constantFrom(change, 'run `x`', 'use the edit tool', 'use bash', 'read a.txt', 'list the files'),
    );
    const tools = fc.constantFrom(openCode, pi, codex, arrayShell, editor, []);
    fc.assert(
      fc.property(said, tools, (words, offered) => {
        expect(converse(words, offered).text).not.toBe('');
      }),
    );
  });

  it('are called by ids that differ and that OpenAI takes in a conversation which goes on there', async () => {
    const long = tool(`look_up_weather_${'x'.repeat(40)}`, { city: text });
    const ids: string[] = [];
    const asked = request([user(`use ${long.name} in Paris, Rome and Oslo`)], [long]);
    const said = request([user('What is the weather in Paris, Rome and Oslo?')], [tool('get_weather', { city: text })]);
    for (const each of [asked, said])
      for await (const event of offlineChat.stream(each)) if (event.type === 'tool_call_started') ids.push(event.id);
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => id.length <= 40)).toBe(true);
  });

  it('keep to their choice', () => {
    expect(answer([user(change)], openCode, { toolChoice: { type: 'none' } }).name).toBeUndefined();
    expect(answer([user('Hello.')], openCode, { toolChoice: { type: 'required' } }).name).toBe('bash');
    expect(answer([user(change)], openCode, { toolChoice: { type: 'named', name: 'write' } }).name).toBe('write');
  });
});

describe('questions', () => {
  it.each([
    ['What is AIDevOS?', 'operating system for teams'],
    ['Which models are there?', 'GET /v1/models'],
    ['How do I create a project?', 'POST /api/projects'],
    ['What can you do?', 'explicit words'],
    ['Who are you?', 'rule-based program'],
    ['Who is in the team?', 'Architect'],
    ['What does the architect do?', 'decide the shape'],
    ['What happens when a process is killed?', 'journaled'],
    ['How can I clone the repository?', 'git clone'],
  ])('are answered from facts: %s', (question, part) => {
    expect(answerFromFacts(question).join('\n')).toContain(part === 'git clone' ? 'clone http' : part);
  });

  it('about other things are answered with what it is', () => {
    expect(answer([user('Sing a song about zebras.')], []).text).toContain('offline engineer');
    expect(answerFromFacts('zebras')).toEqual([]);
  });

  it('are answered in the form that is asked for', () => {
    const format = { type: 'json_schema', name: 'x', schema: z.toJSONSchema(z.object({ title: z.string() })) };
    expect(JSON.parse(answer([user('What are you?')], [], { format }).text ?? '')).toEqual({ title: '' });
    expect(
      JSON.parse(answer([user('What are you?')], [], { format: { type: 'json_object' } }).text ?? ''),
    ).toHaveProperty('answer');
  });
});
