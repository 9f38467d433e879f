/** `auto`: the platform chooses, by what the request needs, by policy and measurements, and by what the budget allows. */
import { describeExhaustion, type Exhaustion } from '../../../shared/domain/budget/exhaustion.ts';
import type { AutoPolicy } from '../../../shared/domain/model/auto-name.ts';
import { needsOf } from '../../../shared/domain/model/needs.ts';
import { measuredQuality } from '../../../shared/domain/model/quality/measured-quality.ts';
import { rankModels, unknownQuality, type Candidate, type Needs } from '../../../shared/domain/model/selection.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import { anyCapabilities } from '../../../shared/protocol/openai/capabilities.ts';
import { budgetUsedUp, invalidValue, type OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import type { AppContext } from '../app-environment.ts';
import { offlineName, type ChatModels } from '../chat-models.ts';
import type { AskedModel, Route } from './asked-model.ts';
import { BudgetProbe } from './budget-probe.ts';
import { chainOf } from './chain.ts';

/** The chosen one and how many others stand behind it. */
const mostModels = 3;

/** `factors` are what was measured of the models, as this isolate knows it. */
const candidatesOf = (models: ChatModels, factors: Readonly<Record<string, number>>): readonly Candidate[] =>
  models.names.flatMap((name) => {
    const known = models.known(name);
    if (!known.ok || known.value.provider === undefined || known.value.name !== name) return [];
    // Of a model that is not in the table nothing is known, which is enough for a request that needs nothing.
    const { card = { title: name, kind: 'chat' } } = known.value;
    if ('deprecated' in card) return [];
    const factor = factors[name];
    const expected = 'quality' in card && card.quality !== undefined ? card.quality : unknownQuality;
    const quality = factor === undefined ? undefined : measuredQuality(expected, factor);
    return [{ card: { ...card, name }, measurements: models.measurements.of(name), quality }];
  });

interface Chosen {
  /** The first one is chosen. */
  readonly names: readonly string[];
  readonly reason: string;
}

/** Goes through the ranking until there are enough that can be told the request and that the budget allows. */
class Choosing {
  readonly #models: ChatModels;
  readonly #asked: AskedModel;
  readonly #maxOutputTokens: number;
  readonly #budget: BudgetProbe;
  readonly #names: string[] = [];
  readonly #forbidden: string[] = [];
  #reason = '';
  #refusal: OpenAiRefusal | undefined;
  #exhaustion: Exhaustion | undefined;

  constructor(context: AppContext, asked: AskedModel, maxOutputTokens: number) {
    this.#models = context.get('chatModels');
    this.#asked = asked;
    this.#maxOutputTokens = maxOutputTokens;
    this.#budget = new BudgetProbe(context);
  }

  async consider(choice: { readonly name: string; readonly reason: string }): Promise<'enough' | 'more'> {
    const { name, reason } = choice;
    const known = this.#models.known(name);
    if (!known.ok) return 'more';
    const said = this.#asked.translate(known.value.capabilities, name.slice(name.indexOf('/') + 1));
    if (!said.ok) {
      this.#refusal ??= said.error;
      return 'more';
    }
    const { requestBytes } = this.#asked;
    const exhaustion = await this.#budget.refusal({
      model: name,
      requestBytes,
      maxOutputTokens: this.#maxOutputTokens,
    });
    if (exhaustion !== undefined) {
      // A limit that is used up says more than a price that is not known.
      if (exhaustion.unpricedModel === undefined) this.#exhaustion = exhaustion;
      else this.#exhaustion ??= exhaustion;
      this.#forbidden.push(name);
      return 'more';
    }
    if (this.#names.length === 0) this.#reason = reason;
    this.#names.push(name);
    return this.#names.length === mostModels ? 'enough' : 'more';
  }

  /** What was found, or why there is nothing. */
  outcome(): Result<Chosen, OpenAiRefusal> | undefined {
    if (this.#names.length > 0) {
      const [first, ...more] = this.#forbidden;
      const count = more.length === 0 ? '' : ` and ${more.length} more`;
      const passedOver = first === undefined ? '' : `; the budget forbids ${first}${count}`;
      return ok({ names: this.#names, reason: `${this.#reason}${passedOver}` });
    }
    if (this.#exhaustion !== undefined) return err(budgetUsedUp(describeExhaustion(this.#exhaustion)));
    return this.#refusal === undefined ? undefined : err(this.#refusal);
  }
}

const nobody = ({ abilities, inputTokens }: Needs): OpenAiRefusal => {
  const needed = abilities.length === 0 ? '' : ` and can do ${abilities.join(', ')}`;
  const detail = `No configured model is known that reads about ${inputTokens} tokens${needed}; name a model yourself.`;
  return invalidValue('model', detail);
};

/** The model that the platform chooses for the request, and two behind it. */
export const chooseModel = async (
  context: AppContext,
  asked: AskedModel,
  policy: AutoPolicy,
): Promise<Result<Route, OpenAiRefusal>> => {
  const { chatModels: models, services, requestId, principal } = context.var;
  if (Object.keys(models.accounts).length === 0) {
    const route = chainOf(models, [offlineName]);
    return route.ok ? ok({ ...route.value, reason: 'no provider of models is configured' }) : route;
  }
  const said = asked.translate(anyCapabilities, '');
  if (!said.ok) return said;
  const needs = needsOf(said.value.request);
  const now = models.measurements.now();
  const choosing = new Choosing(context, asked, needs.outputTokens);
  const { qualityFactors } = services.modelCalls.accountOf(principal.workspaceId);
  for (const choice of rankModels(candidatesOf(models, qualityFactors), needs, policy, { seed: requestId, now })) {
    if ((await choosing.consider(choice)) === 'enough') break;
  }
  const outcome = choosing.outcome() ?? err(nobody(needs));
  if (!outcome.ok) return outcome;
  const route = chainOf(models, outcome.value.names);
  return route.ok ? ok({ ...route.value, reason: outcome.value.reason }) : route;
};
