/**
 * The gateway's variables and secrets, parsed once per isolate into a read-only value.
 * A wrong one names its variable and the reason, never the value.
 */
import { z } from 'zod';
import { isOrigin, splitOrigins } from '../../shared/adapters/tools/origins.ts';
import { parseMasterKeys, type MasterKeys } from '../../shared/adapters/vault/vault-cipher.ts';
import { parseQuotas } from '../../shared/domain/quota/parse-quotas.ts';
import { parseRateLimits } from '../../shared/domain/limits/parse-rate-limits.ts';
import type { RateLimits } from '../../shared/domain/limits/rate-limiter.ts';
import {
  parseAliases,
  parseFallbacks,
  resolveAlias,
  type Aliases,
  type FallbackChains,
} from '../../shared/domain/model/aliases.ts';
import { isAutoName } from '../../shared/domain/model/auto-name.ts';
import { parseModelName } from '../../shared/domain/model/model-name.ts';
import { providers } from '../../shared/domain/model/providers/index.ts';
import { err, ok, type Issue, type Result } from '../../shared/errors/result.ts';
import { parseModelCards } from '../../shared/schemas/model-cards.ts';
import { parseCustomProviders } from '../../shared/schemas/custom-providers.ts';

export interface Config {
  /** Part of every API key; keys of another environment are refused. */
  readonly environment: string;
  /** `<provider>/<model>` for projects that name none. */
  readonly defaultModel: string;
  /** More names that `GET /v1/models` shows. */
  readonly models: readonly string[];
  /** Other names for models. */
  readonly aliases: Aliases;
  /** Which models stand behind which. */
  readonly chains: FallbackChains;
  /** How long an answer of the team that is not streamed follows its project, in milliseconds. */
  readonly teamWaitMs: number;
  readonly keyPepper: string;
  /** Undefined: workspaces cannot bring keys of providers. */
  readonly vaultKeys: MasterKeys | undefined;
  /** Where the keys of workspaces may be sent to, besides the providers' own addresses. */
  readonly modelOrigins: readonly string[];
  /** Keyed hash of the first key, which is an operator of the local workspace. */
  readonly bootstrapKeyHash?: string;
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
  /** Where services outside may be. */
  readonly serviceOrigins: readonly string[];
  /** Of the calls of `/v1`, for each isolate. */
  readonly rateLimits: RateLimits;
}

/** Nine minutes: OpenAI's own SDKs give up after ten. */
const defaultTeamWaitMs = 540_000;

const origins = z
  .string()
  .default('')
  .transform((text) => [...splitOrigins(text)])
  .pipe(z.array(z.string().refine(isOrigin, 'must be origins like https://app.example.com, separated by commas')));

const blankIsAbsent = (value: unknown): unknown => (value === '' ? undefined : value);

const wholeNumber = (most: number) =>
  z.preprocess(
    blankIsAbsent,
    z.coerce
      .number({ error: 'must be a whole number' })
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(most, `must be at most ${most}`)
      .optional(),
  );

/** A text that a function of ours reads; what it finds wrong is a sentence without its subject. */
const read = <Value>(parse: (text: string) => Result<Value, string>) =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      const parsed = parse(text);
      if (parsed.ok) return parsed.value;
      context.addIssue({ code: 'custom', message: parsed.error });
      return z.NEVER;
    });

const address = z.preprocess(
  blankIsAbsent,
  z.url({ protocol: /^https?$/, error: 'must be an http address' }).optional(),
);

const addressVariables = Object.fromEntries(
  providers.flatMap(({ variables: { baseUrl } }) => (baseUrl === undefined ? [] : [[baseUrl, address] as const])),
);

const modelNames = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(z.string().regex(/^[a-z0-9-]+\/\S+$/, 'must be <provider>/<model>, separated by commas')));

const defaultModel = (aliases: Aliases) =>
  z.preprocess(
    blankIsAbsent,
    z
      .string()
      .refine((name) => parseModelName(resolveAlias(name, aliases)).ok || isAutoName(resolveAlias(name, aliases)), {
        error: 'must be <provider>/<model>, auto, or an alias of AIDEVOS_MODEL_ALIASES',
      })
      .default('offline/engineer'),
  );

const variables = z.object({
  ...addressVariables,
  AIDEVOS_ENVIRONMENT: z.preprocess(
    blankIsAbsent,
    z
      .string()
      .regex(/^[a-z][a-z0-9]{1,15}$/, 'must be 2 to 16 of a-z and 0-9, starting with a letter')
      .default('local'),
  ),
  AIDEVOS_MODEL: defaultModel(new Map()),
  AIDEVOS_MODELS: modelNames,
  AIDEVOS_RATE_LIMITS: read(parseRateLimits),
  // Read by the workspaces themselves; checked here, so that a wrong one is told at once.
  AIDEVOS_QUOTAS: read(parseQuotas),
  AIDEVOS_MODEL_ALIASES: read(parseAliases),
  AIDEVOS_MODEL_FALLBACKS: read(parseFallbacks),
  AIDEVOS_PROVIDERS: read(parseCustomProviders),
  // Laid over the table where the Worker starts; checked here, so that a wrong one is told at once.
  AIDEVOS_PRICES: read(parseModelCards),
  AIDEVOS_KEY_PEPPER: z
    .string({ error: 'is missing; set a secret of at least 32 characters' })
    .min(32, 'must have at least 32 characters'),
  AIDEVOS_VAULT_KEY: read(parseMasterKeys),
  AIDEVOS_MODEL_ORIGINS: origins,
  AIDEVOS_BOOTSTRAP_KEY_HASH: z.preprocess(
    blankIsAbsent,
    z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits')
      .optional(),
  ),
  AIDEVOS_CORS_ORIGINS: origins,
  // Used by the objects; checked here, so that a wrong one is told at once and not by refused tools.
  AIDEVOS_TOOL_ORIGINS: origins,
  AIDEVOS_SERVICE_ORIGINS: origins,
  AIDEVOS_MODEL_CONCURRENCY: wholeNumber(1_000),
  AIDEVOS_MODEL_STARTS_PER_SECOND: wholeNumber(10_000),
  AIDEVOS_TEAM_WAIT_MS: wholeNumber(3_600_000),
});

/** Reads the variables; the error's issues name each variable at fault. */
export const parseConfig = (environment: object): Result<Config> => {
  const text: unknown = Object.entries(environment).find(([name]) => name === 'AIDEVOS_MODEL_ALIASES')?.[1];
  const aliases = parseAliases(typeof text === 'string' ? text : '');
  const named = variables.extend({ AIDEVOS_MODEL: defaultModel(aliases.ok ? aliases.value : new Map()) });
  const parsed = named.safeParse(environment);
  if (!parsed.success) {
    const issues: Issue[] = parsed.error.issues.map((issue) => ({
      field: String(issue.path[0] ?? 'environment'),
      reason: issue.message,
    }));
    const faults = issues.map(({ field, reason }) => `${field} ${reason}`).join('; ');
    return err({ type: 'configuration.invalid', detail: `Check the variables of the gateway: ${faults}.`, issues });
  }
  const { data } = parsed;
  return ok({
    environment: data.AIDEVOS_ENVIRONMENT,
    defaultModel: resolveAlias(data.AIDEVOS_MODEL, data.AIDEVOS_MODEL_ALIASES),
    models: data.AIDEVOS_MODELS,
    rateLimits: data.AIDEVOS_RATE_LIMITS,
    aliases: data.AIDEVOS_MODEL_ALIASES,
    chains: data.AIDEVOS_MODEL_FALLBACKS,
    teamWaitMs: data.AIDEVOS_TEAM_WAIT_MS ?? defaultTeamWaitMs,
    keyPepper: data.AIDEVOS_KEY_PEPPER,
    vaultKeys: data.AIDEVOS_VAULT_KEY,
    modelOrigins: data.AIDEVOS_MODEL_ORIGINS,
    corsOrigins: data.AIDEVOS_CORS_ORIGINS,
    serviceOrigins: data.AIDEVOS_SERVICE_ORIGINS,
    ...(data.AIDEVOS_BOOTSTRAP_KEY_HASH === undefined ? {} : { bootstrapKeyHash: data.AIDEVOS_BOOTSTRAP_KEY_HASH }),
  });
};
