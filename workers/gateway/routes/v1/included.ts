/** What a request wants to be shown besides (`include`), once or several times, in either way of writing a list. */
import { withoutEncrypted } from '../../../../shared/protocol/responses/answer.ts';
import type { AppContext } from '../../app-environment.ts';

const isAskedFor = (context: AppContext, include: string): boolean =>
  [...(context.req.queries('include') ?? []), ...(context.req.queries('include[]') ?? [])].includes(include);

/** Items as they are shown to this request. */
export const shownItems = (context: AppContext, items: readonly object[]): readonly object[] =>
  isAskedFor(context, 'reasoning.encrypted_content') ? items : items.map(withoutEncrypted);
