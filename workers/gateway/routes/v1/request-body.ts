/** Bodies of both APIs, and what is wrong with them in OpenAI's words. */
import type { z } from 'zod';
import type { AppContext } from '../../app-environment.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';
import { isMissingField } from '../../../../shared/schemas/missing-field.ts';
import {
  invalidValue,
  missing,
  unsupported,
  wrongType,
  type OpenAiRefusal,
} from '../../../../shared/protocol/openai/error.ts';

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
  if (place !== '' && issue.code === 'invalid_type') {
    if (isMissingField(issue)) return missing(place);
    const types = /expected (\w+), received (\w+)$/.exec(issue.message);
    if (types !== null) return wrongType(place, types[1] ?? '', types[2] ?? '');
  }
  return place === ''
    ? invalidValue(null, `The body: ${issue.message}.`)
    : invalidValue(place, `'${place}': ${issue.message}.`);
};

/** A body of JSON, as it came and as it is read. */
export interface JsonBody {
  readonly text: string;
  readonly value: unknown;
}

/** The body of a request that has passed the guard, or the answer to one that is no JSON. */
export const readJsonBody = (context: AppContext): JsonBody | Response => {
  const read = context.get('jsonBody');
  if (read !== undefined) return read;
  if (!isJson(context.req.header('content-type') ?? '')) {
    return problem(context, {
      type: 'request.unsupported_media_type',
      detail: 'Send the request as application/json.',
    });
  }
  // The guard has refused everything that is no JSON but a body that is not there.
  return { text: '', value: undefined };
};

/** `models` is for us: which ones stand in for the model, as OpenRouter's API has it. */
export const withoutFallbacks = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('models' in body)) return body;
  const { models: _models, ...rest } = body;
  return rest;
};
