/**
 * The gateway's variables and secrets, parsed once per isolate into a read-only value.
 * A wrong one names its variable and the reason, never the value.
 */
import { z } from 'zod';
import { isOrigin, splitOrigins } from '../../shared/adapters/tools/origins.ts';
import { err, ok, type Issue, type Result } from '../../shared/errors/result.ts';

export interface Config {
  /** Part of every API key; keys of another environment are refused. */
  readonly environment: string;
  /** `<provider>/<model>` for projects that name none. */
  readonly defaultModel: string;
  /** More names that `GET /v1/models` shows. */
  readonly models: readonly string[];
  /** How long an answer of the team that is not streamed follows its project, in milliseconds. */
  readonly teamWaitMs: number;
  readonly keyPepper: string;
  /** Keyed hash of the first key, which is an operator of the local workspace. */
  readonly bootstrapKeyHash?: string;
  /** Origins whose pages may call the API. */
  readonly corsOrigins: readonly string[];
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

const variables = z.object({
  AIDEVOS_ENVIRONMENT: z.preprocess(
    blankIsAbsent,
    z
      .string()
      .regex(/^[a-z][a-z0-9]{1,15}$/, 'must be 2 to 16 of a-z and 0-9, starting with a letter')
      .default('local'),
  ),
  AIDEVOS_MODEL: z.preprocess(
    blankIsAbsent,
    z
      .string()
      .regex(/^[a-z0-9-]+\/\S+$/, 'must be <provider>/<model>')
      .default('offline/engineer'),
  ),
  AIDEVOS_MODELS: modelNames,
  AIDEVOS_KEY_PEPPER: z
    .string({ error: 'is missing; set a secret of at least 32 characters' })
    .min(32, 'must have at least 32 characters'),
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
  ANTHROPIC_BASE_URL: z.preprocess(blankIsAbsent, z.url('must be an address').optional()),
  AIDEVOS_MODEL_CONCURRENCY: wholeNumber(1_000),
  AIDEVOS_MODEL_STARTS_PER_SECOND: wholeNumber(10_000),
  AIDEVOS_TEAM_WAIT_MS: wholeNumber(3_600_000),
  OPENAI_BASE_URL: z.preprocess(blankIsAbsent, z.url('must be an address').optional()),
});

/** Reads the variables; the error's issues name each variable at fault. */
export const parseConfig = (environment: object): Result<Config> => {
  const parsed = variables.safeParse(environment);
  if (!parsed.success) {
    const issues: Issue[] = parsed.error.issues.map((issue) => ({
      field: String(issue.path[0] ?? 'environment'),
      reason: issue.message,
    }));
    const names = [...new Set(issues.map((issue) => issue.field))].join(', ');
    return err({ type: 'configuration.invalid', detail: `Check these variables of the gateway: ${names}.`, issues });
  }
  const { data } = parsed;
  return ok({
    environment: data.AIDEVOS_ENVIRONMENT,
    defaultModel: data.AIDEVOS_MODEL,
    models: data.AIDEVOS_MODELS,
    teamWaitMs: data.AIDEVOS_TEAM_WAIT_MS ?? defaultTeamWaitMs,
    keyPepper: data.AIDEVOS_KEY_PEPPER,
    corsOrigins: data.AIDEVOS_CORS_ORIGINS,
    ...(data.AIDEVOS_BOOTSTRAP_KEY_HASH === undefined ? {} : { bootstrapKeyHash: data.AIDEVOS_BOOTSTRAP_KEY_HASH }),
  });
};
