/** Ties the readers of phrases together and bounds the work that one sentence may cost. */

import type { Draft } from '../draft/draft.ts';
import { readCondition } from './conditions.ts';
import type { Phrases } from './context.ts';
import { readField } from './fields.ts';
import { readNoun } from './nouns.ts';
import { readState } from './states.ts';
import { readValue } from './values.ts';

/** Phrase readings that one sentence may cost; a hostile sentence runs out and is not understood. */
const READINGS_PER_SENTENCE = 6_000;

export interface Reader extends Phrases {
  /** Call it before each sentence. */
  refresh(): void;
}

export const phraseReader = (draft: Draft): Reader => {
  let left = READINGS_PER_SENTENCE;
  const spend = <Value>(read: () => Value | undefined): Value | undefined => {
    left -= 1;
    return left < 0 ? undefined : read();
  };
  const reader: Reader = {
    draft,
    refresh: () => {
      left = READINGS_PER_SENTENCE;
    },
    condition: (text, frame) => spend(() => readCondition(reader, text, frame)),
    value: (text, frame, target) => spend(() => readValue(reader, text, frame, target)),
    noun: (text, frame, as) => spend(() => readNoun(reader, text, frame, as)),
    state: (text, entity, frame) => spend(() => readState(reader, text, entity, frame)),
    field: (text, frame) => spend(() => readField(reader, text, frame)),
  };
  return reader;
};
