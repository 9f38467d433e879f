/** problem+json answers of the sandbox, for the cases in which an app itself does not answer. */
import type { ErrorType } from '../../../shared/errors/catalog.ts';
import { errorCatalog } from '../../../shared/errors/catalog.ts';

/** Marks an answer as a failure of the app and not the app's own; `guest/app-main.ts` sets it inside the isolate. */
export const sandboxProblemHeader = 'x-aidevos-problem';

/** An answer in the form of RFC 9457; no stack and nothing of the app's code stands in it. */
export function problem(type: ErrorType, detail: string): Response {
  const { status, title } = errorCatalog[type];
  return Response.json(
    { type: `urn:aidevos:problem:${type}`, title, status, detail },
    { status, headers: { 'content-type': 'application/problem+json', [sandboxProblemHeader]: type } },
  );
}
