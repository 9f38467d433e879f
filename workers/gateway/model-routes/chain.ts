/** One model with others behind it, as one client. */
import { defaultCallLimits } from '../../../shared/adapters/models/call-watch.ts';
import { withFallback, type FallbackTarget } from '../../../shared/adapters/models/fallback.ts';
import { continuesText } from '../../../shared/domain/model/registry/capabilities.ts';
import { findModelCard } from '../../../shared/domain/model/registry/registry.ts';
import { chainRetryPolicy } from '../../../shared/domain/model/retry.ts';
import { ok, type Result } from '../../../shared/errors/result.ts';
import type { OpenAiRefusal } from '../../../shared/protocol/openai/error.ts';
import type { CallPolicy, ChatModels, TranslatedModel } from '../chat-models.ts';
import type { Route } from './asked-model.ts';

/**
 * In a chain a silent model costs the caller its limit before the next one is asked. One that thinks first may be silent
 * for long, the others may not.
 */
const chainPolicy = (name: string): CallPolicy => {
  const thinks = findModelCard(name)?.abilities?.includes('reasoning') === true;
  return {
    retry: chainRetryPolicy,
    limits: { ...defaultCallLimits, firstByteMs: thinks ? 60_000 : 15_000, idleMs: 30_000 },
  };
};

const targetOf = ({ name, model, client }: TranslatedModel, models: ChatModels): FallbackTarget => {
  const card = findModelCard(name);
  const provider = models.accounts[name.slice(0, name.indexOf('/'))]?.provider;
  return {
    client,
    model,
    name,
    contextTokens: card?.contextTokens,
    outputTokens: card?.outputTokens,
    continues: continuesText(provider, card),
  };
};

/** The route to the first of these names, with the others behind it; the names are known, and may all be asked. */
export const chainOf = (models: ChatModels, names: readonly string[]): Result<Route, OpenAiRefusal> => {
  const [firstName = '', ...standIns] = names;
  const first = models.translated(firstName, chainPolicy(firstName));
  if (!first.ok) return first;
  const others = standIns.flatMap((name) => {
    const found = models.translated(name, chainPolicy(name));
    return found.ok ? [found.value] : [];
  });
  let answering = first.value.name;
  const client = withFallback(
    [first.value, ...others].map((model) => targetOf(model, models)),
    {
      resumes: true,
      onAnswering: (name) => {
        answering = name;
      },
    },
  );
  const model: TranslatedModel = others.length === 0 ? first.value : { ...first.value, client };
  return ok({ model, standIns: others.map(({ name }) => name), answeredBy: () => answering });
};
