/**
 * From a configured model name to the client that answers. Breakers, retry budgets and queues are one set for each
 * isolate, in memory: all objects of the isolate share them, another isolate has its own, a restart forgets them. The
 * limits are therefore per isolate; nothing durable depends on them.
 */
import { createModelClient, readModelAccounts, type SelectedModel } from '../shared/adapters/models/index.ts';
import { ProviderGuard, readGuardPolicies } from '../shared/adapters/models/provider-guard.ts';
import { offlineEngineer } from '../shared/domain/offline-engineer/engineer.ts';
import { defaultRetryPolicy } from '../shared/domain/model/retry.ts';
import { err, type Result } from '../shared/errors/result.ts';
import type { ModelClient } from '../shared/ports/model-client.ts';

/** A run counts and delays its own failures, visibly in its log, so the client itself tries once. */
const policy = { ...defaultRetryPolicy, maxAttempts: 1 };

let isolateGuard: ProviderGuard | undefined;

/** Made at the first use, because the variables come with a request; they are the same for the isolate's whole life. */
const guardOf = (environment: object): ProviderGuard => {
  isolateGuard ??= new ProviderGuard(readGuardPolicies(environment));
  return isolateGuard;
};

const offlineName = /^engineer(?:\?[a-z0-9.=&]*)?$/;

/** The model of this name, or why it cannot be used here: no such provider, no key, no such model. */
export const selectModel = (name: string, environment: object): Result<SelectedModel> => {
  const selected = createModelClient({
    model: name,
    embedded: { offline: offlineEngineer },
    guard: (client, provider) => guardOf(environment).protect(client, provider),
    retry: { policy },
    ...readModelAccounts(environment),
  });
  if (!selected.ok || selected.value.provider !== 'offline' || offlineName.test(selected.value.model)) return selected;
  const reason = `offline has one model, engineer, not “${selected.value.model}”`;
  return err({
    type: 'request.invalid',
    detail: `The model cannot be used: ${reason}.`,
    issues: [{ field: 'model', reason }],
  });
};

/** A client that fails with this reason: a run that cannot be served ends with it instead of hanging. */
const refusingClient = (message: string): ModelClient => ({
  async *stream() {
    yield { type: 'failed', failure: { kind: 'invalid_request', message, retryable: false } };
  },
});

/** `selectModel` for a run under way, whose configuration may have changed since it was made. */
export const resolveModel = (
  name: string,
  environment: object,
): { readonly client: ModelClient; readonly model: string } => {
  const selected = selectModel(name, environment);
  return selected.ok ? selected.value : { client: refusingClient(selected.error.detail), model: name };
};
