/** `AIDEVOS_PROVIDERS`: more servers of one's own, as JSON. */
import { z } from 'zod';
import { providers } from '../domain/model/providers/index.ts';
import type { Provider } from '../domain/model/providers/provider.ts';
import { err, ok, type Result } from '../errors/result.ts';

const reserved = new Set(['offline', 'auto', 'agent', 'role', 'team', ...providers.map(({ name }) => name)]);

const variableName = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'must be the name of a variable, like MY_SERVER_KEY');

const customProvider = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be up to 31 of a-z, 0-9 and -, starting with a letter')
    .refine((name) => !reserved.has(name), 'is the name of a provider that is built in'),
  wire: z.enum(['openai', 'anthropic'], { error: 'must be openai or anthropic' }).default('openai'),
  baseUrl: z.url({ protocol: /^https?$/, error: 'must be an http address' }),
  /** The variable that holds its key, not the key. */
  keyVariable: variableName.optional(),
  embeds: z.boolean().default(false),
  quirks: z
    .strictObject({
      tokenLimit: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
      streamOptions: z.boolean().optional(),
      headers: z.record(z.string().regex(/^[a-zA-Z0-9-]{1,60}$/), z.string().max(500)).optional(),
    })
    .default({}),
  models: z
    .array(z.string().regex(/^\S{1,150}$/, 'must be names without spaces'))
    .max(100)
    .optional(),
});

export type CustomProvider = Provider & { readonly baseUrl: string };

const toProvider = ({
  name,
  keyVariable,
  quirks,
  models,
  ...rest
}: z.infer<typeof customProvider>): CustomProvider => ({
  name,
  title: name,
  ...rest,
  variables: keyVariable === undefined ? {} : { key: keyVariable },
  quirks: {
    tokenLimit: quirks.tokenLimit ?? 'max_tokens',
    ...(quirks.streamOptions === undefined ? {} : { streamOptions: quirks.streamOptions }),
    ...(quirks.headers === undefined ? {} : { headers: quirks.headers }),
  },
  ...(models === undefined ? {} : { models }),
});

const list = z
  .array(customProvider)
  .max(20, 'must name at most 20 servers')
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must not name a server twice');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Reads the variable's text; the error is a sentence without its subject, which never repeats a value. */
export const parseCustomProviders = (text: string): Result<readonly CustomProvider[], string> => {
  if (text.trim() === '') return ok([]);
  const json = parseJson(text);
  if (json === undefined) return err('must be JSON: a list of { name, wire, baseUrl, keyVariable, models }');
  const parsed = list.safeParse(json);
  if (parsed.success) return ok(parsed.data.map(toProvider));
  const [issue] = parsed.error.issues;
  const place = issue?.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('') ?? '';
  return err(
    place === '' ? (issue?.message ?? 'is not valid') : `${place.replace(/^\./, '')}: ${issue?.message ?? ''}`,
  );
};
