/**
 * Models as https://models.dev knows them (github.com/anomalyco/models.dev, MIT): one TOML file a model under
 * `providers/<provider>/models`, many of which take most of their fields from a file under `models`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type TomlTable } from 'smol-toml';
import { z } from 'zod';

const costs = {
  input: z.number(),
  output: z.number(),
  cache_read: z.number().optional(),
  cache_write: z.number().optional(),
};

const modelFile = z.object({
  name: z.string(),
  family: z.string().optional(),
  release_date: z.string().optional(),
  attachment: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  tool_call: z.boolean().optional(),
  structured_output: z.boolean().optional(),
  status: z.string().optional(),
  cost: z
    .object({ ...costs, tiers: z.array(z.object({ ...costs, tier: z.object({ size: z.number() }) })).optional() })
    .optional(),
  limit: z.object({ context: z.number().optional(), output: z.number().optional() }).optional(),
  modalities: z.object({ input: z.array(z.string()), output: z.array(z.string()) }).optional(),
  benchmarks: z.array(z.object({ name: z.string(), score: z.number() })).optional(),
});

export type ModelFile = z.infer<typeof modelFile>;

const readToml = (path: string): TomlTable => parse(readFileSync(path, 'utf8'));

const isTable = (value: unknown): value is TomlTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const merge = (base: TomlTable, own: TomlTable): TomlTable => {
  const merged: TomlTable = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const before = merged[key];
    merged[key] = isTable(before) && isTable(value) ? merge(before, value) : value;
  }
  return merged;
};

const readModel = (folder: string, path: string): ModelFile => {
  const own = readToml(path);
  const base = own['base_model'];
  if (typeof base !== 'string') return modelFile.parse(own);
  return modelFile.parse(merge(readToml(join(folder, 'models', `${base}.toml`)), own));
};

/** The models of one provider of the copy in `folder`, by the provider's own names for them. */
export const readProviderModels = (folder: string, provider: string): ReadonlyMap<string, ModelFile> => {
  const root = join(folder, 'providers', provider, 'models');
  if (!existsSync(root)) throw new Error(`${folder} is no copy of models.dev: it has no ${provider} models.`);
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.toml'));
  return new Map(
    paths
      .map((path) => path.replaceAll('\\', '/').slice(0, -'.toml'.length))
      .toSorted()
      .map((name) => [name, readModel(folder, join(root, `${name}.toml`))]),
  );
};

/** The benchmarks that today's models are still told apart by. */
const telling = /^(?:SWE.Bench (?:Pro|Verified)|Terminal.Bench.*|Artificial Analysis Coding Index|SciCode)$/;

const bestScores = (model: ModelFile): ReadonlyMap<string, number> => {
  const best = new Map<string, number>();
  for (const { name, score } of model.benchmarks ?? []) {
    if (telling.test(name)) best.set(name, Math.max(score, best.get(name) ?? score));
  }
  return best;
};

/** Makers and routers write one model as `claude-opus-4-5-20251101`, `claude-opus-4-5` and `anthropic/claude-opus-4.5`. */
export const familiarName = (name: string): string =>
  name
    .slice(name.lastIndexOf('/') + 1)
    .replaceAll('.', '-')
    .replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');

/**
 * A quality from 0 to 100 for each model that is in a benchmark, by its familiar name: the mean share of the others that it beats, drawn
 * towards the middle as if it had been in one more where it is average.
 */
export const rateQuality = (models: ReadonlyMap<string, ModelFile>): ReadonlyMap<string, number> => {
  const scores = new Map([...models].map(([name, model]) => [name, bestScores(model)]));
  const rankOf = (benchmark: string, score: number): number => {
    const all = [...scores.values()].flatMap((of) => of.get(benchmark) ?? []);
    const beaten = all.filter((other) => other < score).length;
    return all.length < 2 ? 50 : (100 * beaten) / (all.length - 1);
  };
  const rated = [...scores].flatMap(([name, own]): readonly (readonly [string, number])[] => {
    if (own.size === 0) return [];
    const ranks = [...own].map(([benchmark, score]) => rankOf(benchmark, score));
    return [[familiarName(name), Math.round(ranks.reduce((sum, rank) => sum + rank, 50) / (ranks.length + 1))]];
  });
  return new Map(rated);
};

/** Every model of the copy in `folder` as its maker describes it: where the benchmarks are. */
export const readMakersModels = (folder: string): ReadonlyMap<string, ModelFile> => {
  const root = join(folder, 'models');
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.toml'));
  return new Map(
    paths
      .toSorted()
      .map((path) => [
        path.replaceAll('\\', '/').slice(0, -'.toml'.length),
        modelFile.parse(readToml(join(root, path))),
      ]),
  );
};
