/** What is wrong with a request, with the place as Anthropic writes it: `messages.0.content.1.type: …`. */
import type { z } from 'zod';
import { isMissingField } from '../../schemas/missing-field.ts';
import { invalidValue, unsupported, type OpenAiRefusal } from '../openai/error.ts';

type Issue = z.core.$ZodIssue;

interface Found {
  readonly path: readonly PropertyKey[];
  readonly issue: Issue;
}

/** Of a choice between shapes, what is wrong with the shape that came closest: the one that failed deepest. */
const deepest = (issue: Issue, before: readonly PropertyKey[] = []): Found => {
  const path = [...before, ...issue.path];
  const here: Found = { path, issue };
  if (issue.code !== 'invalid_union') return here;
  const branches = issue.errors.flatMap(([first]) => (first === undefined ? [] : [deepest(first, path)]));
  return branches.reduce((best, branch) => (branch.path.length > best.path.length ? branch : best), here);
};

const longestPlace = 200;

/** The refusal that names the first fault. */
export const refusalOf = (error: z.ZodError): OpenAiRefusal => {
  const [first] = error.issues;
  if (first === undefined) return invalidValue('messages', 'The request is not valid.');
  const { path, issue } = deepest(first);
  if (issue.code === 'unrecognized_keys') {
    const place = [...path, issue.keys[0] ?? ''].join('.').slice(0, longestPlace);
    return unsupported(place, `${place}: cannot be given to this model, or is not known.`);
  }
  const place = path.map(String).join('.').slice(0, longestPlace);
  const reason = isMissingField(issue) ? 'Field required' : issue.message;
  return invalidValue(place, `${place === '' ? 'body' : place}: ${reason}.`);
};
