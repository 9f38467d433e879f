/** Models of the fake providers that do what the tests of bad input need; each is named after it. */
import type { ScriptedTurn } from '../../shared/testing/models/script.ts';
import type { WireRequest } from '../../shared/testing/models/wire-engineers.ts';

/** What a model of 8,000 tokens reads, in characters. */
const smallCharacters = 8_000 * 4;

/** The turn of such a model; undefined for all others. */
export const hostileTurn = ({ model, messages }: WireRequest): ScriptedTurn | undefined => {
  switch (model) {
    case 'html':
      return { fault: { type: 'html', status: 200 } };
    case 'html-error':
      return { fault: { type: 'html', status: 502 } };
    case 'small': {
      const isTooLong = JSON.stringify(messages).length > smallCharacters;
      return isTooLong
        ? { fault: { type: 'status', status: 400, code: 'context_length_exceeded' } }
        : { text: 'It fits.', inputTokens: 10, outputTokens: 3 };
    }
    default:
      return undefined;
  }
};
