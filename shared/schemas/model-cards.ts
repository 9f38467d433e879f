/** `AIDEVOS_PRICES`: what an operator knows better of models than the table does, as JSON. */
import { z } from 'zod';
import { abilities } from '../domain/model/registry/model-card.ts';
import type { CardOverride } from '../domain/model/registry/registry.ts';
import { err, ok, type Result } from '../errors/result.ts';

const rate = z
  .int({ error: 'must be a whole number of micro-dollars for a million tokens' })
  .min(0, 'must not be negative');

const rates = { input: rate, cachedInput: rate, output: rate, cacheWrite: rate.optional() };

const tokens = z.int({ error: 'must be a whole number of tokens' }).min(1, 'must be at least 1');

const day = z.iso.date({ error: 'must be a day like 2027-01-31' });

const card = z.strictObject({
  name: z
    .string({ error: 'is missing' })
    .max(200)
    .regex(/^[a-z][a-z0-9-]*\/\S+$/, 'must be <provider>/<model>')
    .refine((name) => !name.startsWith('offline/'), 'is part of the platform'),
  title: z.string().min(1).max(100).optional(),
  kind: z.enum(['chat', 'embedding'], { error: 'must be chat or embedding' }).optional(),
  released: day.optional(),
  contextTokens: tokens.optional(),
  outputTokens: tokens.optional(),
  abilities: z.array(z.enum(abilities, { error: `must be some of ${abilities.join(', ')}` })).optional(),
  price: z.strictObject({ ...rates, long: z.strictObject({ ...rates, aboveTokens: tokens }).optional() }).optional(),
  quality: z.int({ error: 'must be a whole number from 0 to 100' }).min(0).max(100).optional(),
  deprecated: z.literal(true, { error: 'must be true or left out' }).optional(),
  endsOn: day.optional(),
});

const list = z
  .array(card, { error: 'must be a list of cards' })
  .max(1_000, 'must have at most 1000 cards')
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'must not name a model twice');

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `openai/gpt-5` where it can be read, so that a card is found in a long list. */
const nameAt = (json: unknown, index: PropertyKey | undefined): string => {
  const entry: unknown = Array.isArray(json) && typeof index === 'number' ? json[index] : undefined;
  const name = typeof entry === 'object' && entry !== null && 'name' in entry ? entry.name : undefined;
  return typeof name === 'string' ? ` (${name.slice(0, 80)})` : '';
};

/** Without the fields that are absent, so that they hide nothing of the table. */
const withoutAbsent = <Value extends object>(value: Value): Value =>
  // SAFETY: only fields without a value are left out, and each of those is optional.
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Value;

const toOverride = ({ price, ...rest }: z.infer<typeof card>): CardOverride => {
  const { long, ...plain } = price ?? {};
  const told = price === undefined ? {} : { price: { ...plain, ...(long === undefined ? {} : { long }) } };
  return withoutAbsent({ ...rest, ...told }) as CardOverride;
};

/** Reads the variable's text; the error is a sentence without its subject that names the card and its field. */
export const parseModelCards = (text: string): Result<readonly CardOverride[], string> => {
  if (text.trim() === '') return ok([]);
  const json = parseJson(text);
  if (json === undefined) return err('must be JSON: a list of { name, price, contextTokens, outputTokens, abilities }');
  const parsed = list.safeParse(json);
  if (parsed.success) return ok(parsed.data.map(toOverride));
  const [issue] = parsed.error.issues;
  const [index, ...fields] = issue?.path ?? [];
  if (index === undefined) return err(issue?.message ?? 'is not valid');
  const place = `entry ${Number(index) + 1}${nameAt(json, index)}`;
  return err(`${place}: ${[...fields.map(String), issue?.message ?? ''].join(' ')}`);
};

/** Those of a Worker's variables; what is wrong there the gateway tells, and here it changes nothing. */
export const readModelCards = (environment: object): readonly CardOverride[] => {
  const text: unknown = Object.entries(environment).find(([name]) => name === 'AIDEVOS_PRICES')?.[1];
  const parsed = parseModelCards(typeof text === 'string' ? text : '');
  return parsed.ok ? parsed.value : [];
};
