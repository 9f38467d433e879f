/** The model that a request of any wire asks for, and how a client is told which one it got. */
import { resolveAlias } from '../../../../shared/domain/model/aliases.ts';
import { isTeamModelName } from '../../../../shared/domain/team-chat/model-names.ts';
import type { Result } from '../../../../shared/errors/result.ts';
import type { OpenAiRefusal } from '../../../../shared/protocol/openai/error.ts';
import type { AnswerHeaders } from '../../answer-headers.ts';
import type { AppContext } from '../../app-environment.ts';
import type { Route } from '../../model-routes/asked-model.ts';
import { routeModel } from '../../model-routes/route-model.ts';
import { findTeamModel, type AskedTeam } from '../../team-models/find-team-model.ts';

/** One of the team's, or one of a provider, or the one that the platform chooses. */
export const findModel = async (context: AppContext, asked: AskedTeam): Promise<Result<Route, OpenAiRefusal>> =>
  isTeamModelName(resolveAlias(asked.name, context.get('chatModels').aliases))
    ? await findTeamModel(context, asked)
    : await routeModel(context, asked);

/** Names of models are anybody's words; a header holds visible ASCII. */
const headerText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 1_000);

/**
 * Which model answered, why where the platform chose it, and which parameters changed nothing, as headers of the
 * answer. A choice stands in the log as well.
 */
export const routeHeaders = (
  context: AppContext,
  { answeredBy, reason }: Route,
  withoutEffect: readonly string[] = [],
): AnswerHeaders => {
  const model = answeredBy();
  const headers: Record<string, string> = { 'x-aidevos-model': headerText(model) };
  if (withoutEffect.length > 0) headers['x-aidevos-without-effect'] = headerText(withoutEffect.join(', '));
  if (reason === undefined) return headers;
  headers['x-aidevos-model-reason'] = headerText(reason);
  const { services, requestId } = context.var;
  services.log({ level: 'info', message: 'a model was chosen', requestId, fields: { model, reason } });
  return headers;
};

/** Says the same on an answer that is there. */
export const noteRoute = (
  context: AppContext,
  answer: Response,
  route: Route,
  withoutEffect: readonly string[] = [],
): void => {
  for (const [name, value] of Object.entries(routeHeaders(context, route, withoutEffect))) {
    answer.headers.set(name, value);
  }
};
