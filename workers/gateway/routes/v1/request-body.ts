/** Bodies of OpenAI's API, and what is wrong with them in its words. */
import type { z } from 'zod';
import { invalidValue, unsupported, type OpenAiRefusal } from '../../../../shared/protocol/openai/error.ts';

/** `messages[0].content`, as OpenAI writes places. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');

/** The first thing that is wrong. */
export const refusalOf = (error: z.ZodError): OpenAiRefusal => {
  const [issue] = error.issues;
  if (issue === undefined) return invalidValue('messages', 'The request is not valid.');
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const key = placeOf([...issue.path, issue.keys[0] ?? '']).slice(0, 100);
    return unsupported(key, `Unrecognized request argument supplied: ${key}.`);
  }
  return invalidValue(place, place === '' ? `The body: ${issue.message}.` : `'${place}': ${issue.message}.`);
};

/** The JSON of a body that has passed the guard. */
export const readBody = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The guard has refused everything that is no JSON but a body that is not there.
    return undefined;
  }
};
