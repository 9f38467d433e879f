import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelMessage } from '../../ports/model-client.ts';
import { testCreateIds } from '../../ports/ids.ts';
import { readTurn } from './conversation.ts';
import { findReference, writeReference } from './project-reference.ts';
import { isSpecification } from './specification-message.ts';

const ids = testCreateIds();
const projectId = ids.create('prj');
const user = (content: string): ModelMessage => ({ role: 'user', content });
const assistant = (content: string): ModelMessage => ({ role: 'assistant', content, toolCalls: [] });
const notes = '# Notes\n\nA note has a title (required) and a text.\n';
const reference = writeReference({ projectId, sequence: 42 });

describe('a reference', () => {
  it('is found wherever it stands, the last one first', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(1_000_000), (before, after, sequence) => {
        const text = `${before}\n${reference}\n${writeReference({ projectId, sequence })}\n${after}`;
        expect(findReference(text)).toEqual({ projectId, sequence });
      }),
    );
  });

  it.each([
    '',
    'Project prj_1 (event 3)',
    `Project ${projectId}`,
    `/apps/${projectId}/`,
    'Project prj_uuuuuuuuuuuuuuuuuuuuuuuuuu (event 1)',
  ])('is not found in %j', (text) => {
    expect(findReference(text)).toBeUndefined();
  });
});

describe('a specification', () => {
  it.each([
    notes,
    '{"openapi":"3.1.0","info":{"title":"A"}}',
    'openapi: 3.0.0\ninfo:\n  title: A\n',
    'Build me a small app where I can keep notes.',
    'Please create an issue tracker with projects and issues',
    'I need an app for lending books to neighbours',
    'A book has a title and an author. '.repeat(12),
  ])('opens a conversation: %j', (text) => {
    expect(isSpecification(text, 'opening')).toBe(true);
  });

  it.each([
    'Hello',
    '',
    'What can you do?',
    'Build!',
    'How do I write a specification for you?',
    'status',
    'I want to know who you are and why',
  ])('is not %j', (text) => {
    expect(isSpecification(text, 'opening')).toBe(false);
  });

  it('is only a whole document when there is a project already', () => {
    expect(isSpecification('Build a search page for the notes as well, please', 'later')).toBe(false);
    expect(isSpecification('## More fields\n\n- a note has a colour and a due date', 'later')).toBe(false);
    expect(isSpecification(notes, 'later')).toBe(true);
  });
});

describe('a turn', () => {
  it('without anything to build', () => {
    expect(readTurn([user('Hello')])).toEqual({ type: 'nothing_yet' });
    expect(readTurn([user('Hello'), assistant('Send a specification'), user('Why?')])).toEqual({ type: 'nothing_yet' });
  });

  it('that opens a project knows everything that was said up to it', () => {
    const opening = { said: ['Hello', notes], specification: notes };
    expect(readTurn([user('Hello'), assistant('Hi'), user(notes)])).toEqual({ type: 'specification', opening });
  });

  it('that goes on finds the project by our last answer', () => {
    const turn = readTurn([user(notes), assistant(`${reference}: begun`), user('status')]);
    expect(turn).toMatchObject({ type: 'message', text: 'status', number: 2, reference: { projectId, sequence: 42 } });
  });

  it('that goes on finds the project by its opening when our answer was lost', () => {
    const first = readTurn([user(notes)]);
    const later = readTurn([user(notes), user('are you done?')]);
    expect(later).toEqual({ ...first, type: 'message', text: 'are you done?', number: 2 });
  });

  it('with a second document opens another project', () => {
    const second = '# Tasks\n\nA task has a title (required).\n';
    const turn = readTurn([user(notes), assistant(reference), user(second)]);
    expect(turn).toEqual({ type: 'specification', opening: { said: [notes, second], specification: second } });
  });

  it('opens nothing where the request names the project', () => {
    expect(readTurn([user(notes)], true)).toEqual({ type: 'message', text: notes, number: 1 });
    expect(readTurn([user('Hello')], true)).toEqual({ type: 'message', text: 'Hello', number: 1 });
  });

  it('is an answer when a tool was asked', () => {
    const questionId = ids.create('qst');
    const call = { id: `call_${questionId}`, name: 'ask_user', argumentsJson: '{}' };
    const turn = readTurn([
      user(notes),
      { role: 'assistant', content: reference, toolCalls: [call] },
      { role: 'tool', toolCallId: call.id, toolName: 'ask_user', content: 'Blue', isError: false },
    ]);
    expect(turn).toMatchObject({ type: 'tool_answer', questionId, text: 'Blue', reference: { projectId } });
  });

  it('is what the person says, too, where the id of the tool’s call was lost', () => {
    const call = { id: 'call_function_1', name: 'ask_user', argumentsJson: '{}' };
    const result = { role: 'tool' as const, toolCallId: call.id, content: 'Blue', isError: false };
    const asked: readonly ModelMessage[] = [user(notes), { role: 'assistant', content: reference, toolCalls: [call] }];
    const turn = readTurn([...asked, { ...result, toolName: 'ask_user' }]);
    expect(turn).toMatchObject({ type: 'message', text: 'Blue', number: 2, reference: { projectId } });
    const other = readTurn([...asked, { ...result, toolName: 'read_file' }]);
    expect(other).toMatchObject({ type: 'message', text: notes, number: 1 });
  });

  it('is the same however often it is read, and whatever the system prompt was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constant(notes), fc.constant('status')), { minLength: 1 }),
        (said) => {
          const messages = said.map(user);
          const turn = readTurn(messages);
          expect(readTurn(messages)).toEqual(turn);
          if (turn.opening !== undefined) expect(turn.opening.said.at(-1)).toBe(turn.opening.specification);
        },
      ),
    );
  });
});
