/** Models by their configured name: `<provider>/<model>`. */
import { parseModelName } from '../../domain/model/model-name.ts';
import type { RetryPolicy } from '../../domain/model/retry.ts';
import { err, ok, type Result } from '../../errors/result.ts';
import type { ModelClient } from '../../ports/model-client.ts';
import { createAnthropicClient, type ProviderAccount } from './anthropic.ts';
import type { CallLimits } from './call-watch.ts';
import { createOpenAiClient } from './openai.ts';
import { withRetries, type RetryDependencies } from './retries.ts';

export interface ModelConfiguration {
  /** `anthropic/<model>`, `openai/<model>`, or `<name>/<model>` of an embedded client. */
  readonly model: string;
  readonly anthropic?: ProviderAccount | undefined;
  readonly openai?: ProviderAccount | undefined;
  /** Clients that live in this process and need neither key nor retries, by provider: `{ offline: … }`. */
  readonly embedded?: Readonly<Record<string, ModelClient>> | undefined;
  readonly limits?: CallLimits | undefined;
  /** Put around the client of a remote provider, within its retries: breaker, budget, admission. */
  readonly guard?: ((client: ModelClient, provider: string) => ModelClient) | undefined;
  readonly retry?: { readonly policy?: RetryPolicy; readonly dependencies?: RetryDependencies } | undefined;
}

export interface SelectedModel {
  readonly provider: string;
  /** The name without its provider, as `ModelRequest.model` wants it. */
  readonly model: string;
  readonly client: ModelClient;
}

const remoteProviders = {
  anthropic: { create: createAnthropicClient, variable: 'ANTHROPIC_API_KEY' },
  openai: { create: createOpenAiClient, variable: 'OPENAI_API_KEY' },
} as const;

const isRemote = (provider: string): provider is keyof typeof remoteProviders =>
  Object.hasOwn(remoteProviders, provider);

const unknownProvider = (provider: string, embedded: readonly string[]): Result<SelectedModel> => {
  const known = [...embedded, ...Object.keys(remoteProviders)].join(', ');
  const reason = `names the provider "${provider}", which is not known; known are ${known}`;
  return err({ type: 'request.invalid', detail: `The model ${reason}.`, issues: [{ field: 'model', reason }] });
};

/** The client for the configured model; refused when the name is wrong or the provider has no account here. */
export const createModelClient = (configuration: ModelConfiguration): Result<SelectedModel> => {
  const name = parseModelName(configuration.model);
  if (!name.ok) return name;
  const { provider, model } = name.value;
  const embedded = configuration.embedded ?? {};
  const inside = Object.hasOwn(embedded, provider) ? embedded[provider] : undefined;
  if (inside !== undefined) return ok({ provider, model, client: inside });
  if (!isRemote(provider)) return unknownProvider(provider, Object.keys(embedded));
  const account = configuration[provider];
  const { create, variable } = remoteProviders[provider];
  if (account === undefined) {
    const reason = `is missing, and the model ${configuration.model} needs it`;
    return err({
      type: 'configuration.invalid',
      detail: `The variable ${variable} ${reason}.`,
      issues: [{ field: variable, reason }],
    });
  }
  const bare = create(account, configuration.limits);
  const client = configuration.guard?.(bare, provider) ?? bare;
  return ok({
    provider,
    model,
    client: withRetries(client, configuration.retry?.policy, configuration.retry?.dependencies),
  });
};

const textOf = (environment: object, name: string): string | undefined => {
  const value: unknown = Object.entries(environment).find(([key]) => key === name)?.[1];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** An own address without a key is a server that wants none, as local ones do; SDKs insist on some text. */
const readAccount = (environment: object, prefix: string): ProviderAccount | undefined => {
  const baseUrl = textOf(environment, `${prefix}_BASE_URL`);
  const apiKey = textOf(environment, `${prefix}_API_KEY`) ?? (baseUrl === undefined ? undefined : 'none');
  return apiKey === undefined ? undefined : { apiKey, baseUrl };
};

/**
 * The accounts in a Worker's variables: `ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, and where wanted
 * `ANTHROPIC_BASE_URL`, `OPENAI_BASE_URL`.
 */
export const readModelAccounts = (environment: object): Pick<ModelConfiguration, 'anthropic' | 'openai'> => ({
  anthropic: readAccount(environment, 'ANTHROPIC'),
  openai: readAccount(environment, 'OPENAI'),
});
