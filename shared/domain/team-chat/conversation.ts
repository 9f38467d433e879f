/**
 * What a conversation with the team asks for now. The client sends all of it each time and nothing of it is kept here:
 * its project is found by the reference in our own answers, or, where those were lost, by the messages that led to it.
 */
import type { ModelMessage } from '../../ports/model-client.ts';
import { asksPerson, questionOfCall } from './ask-person.ts';
import type { QuestionId } from '../ids.ts';
import { findReference, type ProjectReference } from './project-reference.ts';
import { isSpecification } from './specification-message.ts';

/** The messages that a project was made from. */
export interface Opening {
  /** All that the person said up to and with the specification: the same words find the same project. */
  readonly said: readonly string[];
  readonly specification: string;
}

interface Known {
  /** As the last of our answers has it. */
  readonly reference?: ProjectReference;
  readonly opening?: Opening;
}

export type Turn = Known &
  (
    | { readonly type: 'nothing_yet' }
    /** Build this, unless it has been begun already. */
    | { readonly type: 'specification'; readonly opening: Opening }
    /** `number` counts the person's messages from 1. */
    | { readonly type: 'message'; readonly text: string; readonly number: number }
    /** What the client's tool answered to a question of the project. */
    | { readonly type: 'tool_answer'; readonly questionId: QuestionId; readonly text: string }
  );

interface Reading extends Known {
  readonly said: readonly string[];
  /** The last message was a specification. */
  readonly isNew: boolean;
}

const read = (reading: Reading, message: ModelMessage): Reading => {
  switch (message.role) {
    case 'tool': {
      // Calls in the older form, and of clients that give ids of their own, come back without the question's id.
      const isSaid = asksPerson(message.toolName) && questionOfCall(message.toolCallId) === undefined;
      return { ...reading, isNew: false, said: isSaid ? [...reading.said, message.content] : reading.said };
    }
    case 'assistant': {
      const reference = findReference(message.content);
      return { ...reading, isNew: false, ...(reference === undefined ? {} : { reference }) };
    }
    case 'user': {
      const { reference, opening } = reading;
      const said = [...reading.said, message.content];
      const moment = reference === undefined && opening === undefined ? 'opening' : 'later';
      if (!isSpecification(message.content, moment)) return { ...reading, said, isNew: false };
      return { said, isNew: true, opening: { said, specification: message.content } };
    }
  }
};

/**
 * The last message, seen in the light of those before it.
 * @param hasProject the request names its project itself: then nothing that is said opens another.
 */
export const readTurn = (messages: readonly ModelMessage[], hasProject = false): Turn => {
  const reading = messages.reduce<Reading>(read, { said: [], isNew: false });
  const { said, reference } = reading;
  const isNew = reading.isNew && !hasProject;
  const opening = hasProject ? undefined : reading.opening;
  const known: Known = {
    ...(reference === undefined ? {} : { reference }),
    ...(opening === undefined ? {} : { opening }),
  };
  const last = messages.at(-1);
  if (last?.role === 'tool') {
    const questionId = questionOfCall(last.toolCallId);
    if (questionId !== undefined) return { ...known, type: 'tool_answer', questionId, text: last.content };
  }
  if (isNew && opening !== undefined) return { type: 'specification', opening };
  if (reference === undefined && opening === undefined && !hasProject) return { type: 'nothing_yet' };
  return { ...known, type: 'message', text: said.at(-1) ?? '', number: said.length };
};
