/** Bodies of OpenAI's API: JSON of a known shape, or a refusal that names the parameter at fault. */
import type { z } from 'zod';
import { err, ok, type Result } from '../../../../shared/errors/result.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from '../../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../../app-environment.ts';
import { openAiError } from '../../errors/openai-error.ts';
import { problem } from '../../errors/problem.ts';
import { isJson } from '../../media-type.ts';

/** `messages[0].content`, as OpenAI writes places. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');

/** What is wrong with a body or a query, by its first fault. */
export const toRefusal = (error: z.ZodError, whole: string): OpenAiRefusal => {
  const [issue] = error.issues;
  if (issue === undefined) return invalidValue(whole, 'The request is not valid.');
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const key = placeOf([...issue.path, issue.keys[0] ?? '']).slice(0, 100);
    return unsupported(key, `Unrecognized request argument supplied: ${key}.`);
  }
  return invalidValue(place, place === '' ? `The body: ${issue.message}.` : `'${place}': ${issue.message}.`);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // The guard has refused everything that is no JSON but a body that is not there.
    return undefined;
  }
};

/** The body as it came and as the schema reads it; `whole` is named where no parameter is at fault. */
export const readRequest = async <Schema extends z.ZodType>(
  context: AppContext,
  schema: Schema,
  whole: string,
): Promise<Result<{ readonly text: string; readonly body: unknown; readonly data: z.infer<Schema> }, Response>> => {
  if (!isJson(context.req.header('content-type') ?? '')) {
    return err(
      problem(context, {
        type: 'request.unsupported_media_type',
        detail: 'Send the request as application/json.',
      }),
    );
  }
  const text = await context.req.text();
  const body = parse(text);
  const parsed = schema.safeParse(body);
  if (!parsed.success) return err(openAiError(context, toRefusal(parsed.error, whole)));
  return ok({ text, body, data: parsed.data });
};
