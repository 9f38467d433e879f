/** The sandbox marks what it answers itself, in place of an app, with this header; an app's own is never passed on. */
import { z } from 'zod';
import { errorCatalog, type ErrorType } from '../../../../shared/errors/catalog.ts';
import type { AppError } from '../../../../shared/errors/result.ts';

const header = 'x-aidevos-problem';

const documentSchema = z.object({ detail: z.string().max(1_000) });

const isErrorType = (text: string): text is ErrorType => Object.hasOwn(errorCatalog, text);

/** The failure that the sandbox speaks of, or undefined when the answer is the app's. */
export const readSandboxProblem = async (answer: Response): Promise<AppError | undefined> => {
  const type = answer.headers.get(header);
  if (type === null) return undefined;
  const document = documentSchema.safeParse(await answer.json());
  const detail = document.success ? document.data.detail : 'The app cannot answer.';
  return { type: isErrorType(type) ? type : 'internal', detail };
};
