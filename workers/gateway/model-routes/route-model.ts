/**
 * Which model a request of any wire goes to, and which ones stand behind it: aliases, `auto`, and chains of fallbacks.
 * A wire only says how its request is put to a model of given capabilities; everything else is decided here, once.
 */
import { resolveAlias } from '../../../shared/domain/model/aliases.ts';
import { autoPolicyOf } from '../../../shared/domain/model/auto-name.ts';
import { needsOf } from '../../../shared/domain/model/needs.ts';
import { canServe } from '../../../shared/domain/model/selection.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import { anyCapabilities } from '../../../shared/protocol/openai/capabilities.ts';
import type { OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../app-environment.ts';
import type { ChatModels, KnownModel } from '../chat-models.ts';
import type { AskedModel, Route } from './asked-model.ts';
import { chooseModel } from './auto.ts';
import { BudgetProbe } from './budget-probe.ts';
import { chainOf } from './chain.ts';

/** The model alone. */
const singleRoute = (
  models: ChatModels,
  { passes }: Pick<AskedModel, 'passes'>,
  name: string,
): Result<Route, OpenAiRefusal> => {
  const passed = passes === undefined ? undefined : models.passed(name, passes);
  const found = passed === undefined ? models.translated(name) : ok(passed);
  return found.ok ? ok({ model: found.value, standIns: [], answeredBy: () => found.value.name }) : found;
};

const accepts = (asked: AskedModel, { capabilities, name }: KnownModel): boolean =>
  asked.translate(capabilities, name.slice(name.indexOf('/') + 1)).ok;

/** Those that may stand in: nothing of the request may vanish with them, and the budget must have room for them. */
const findStandIns = async (
  context: AppContext,
  asked: AskedModel,
  names: readonly string[],
): Promise<readonly string[]> => {
  const said = asked.translate(anyCapabilities, '');
  if (!said.ok) return [];
  const needs = { ...needsOf(said.value.request), outputTokens: 1 };
  const { maxOutputTokens } = said.value.request;
  const budget = new BudgetProbe(context);
  const found: string[] = [];
  for (const name of names) {
    const known = context.get('chatModels').known(name);
    if (!known.ok || !accepts(asked, known.value)) continue;
    const { card, name: model } = known.value;
    if (card?.abilities !== undefined && !canServe(card, needs)) continue;
    const refusal = await budget.refusal({ model, requestBytes: asked.requestBytes, maxOutputTokens });
    if (refusal === undefined) found.push(name);
  }
  return found;
};

const chain = async (
  context: AppContext,
  asked: AskedModel,
  name: string,
  behind: readonly string[],
): Promise<Result<Route, OpenAiRefusal>> => {
  const models = context.get('chatModels');
  const first = models.known(name);
  // What only the provider's own wire can say is passed on to it, and what nobody can be told is refused, either way
  // with nobody behind.
  if (!first.ok || !accepts(asked, first.value)) return singleRoute(models, asked, name);
  const standIns = await findStandIns(context, asked, behind);
  return standIns.length === 0 ? singleRoute(models, asked, name) : chainOf(models, [name, ...standIns]);
};

/** The route of a request, or why there is none. */
export const routeModel = async (context: AppContext, asked: AskedModel): Promise<Result<Route, OpenAiRefusal>> => {
  const models = context.get('chatModels');
  const resolve = (name: string): string => resolveAlias(name, models.aliases);
  const fallbacks = asked.fallbacks?.map(resolve);
  const unknown = asked.fallbacks?.find((fallback) => !models.known(fallback).ok);
  if (unknown !== undefined) {
    const { error, ...refusal } = models.notFound(unknown);
    return err({ ...refusal, error: { ...error, param: 'models' } });
  }
  const name = resolve(asked.name);
  const policy = autoPolicyOf(name);
  if (policy !== undefined) return await chooseModel(context, asked, policy);
  const behind = (fallbacks ?? models.chains.get(name) ?? []).filter((other) => other !== name);
  return behind.length === 0
    ? singleRoute(models, asked, name)
    : await chain(context, asked, name, [...new Set(behind)]);
};
