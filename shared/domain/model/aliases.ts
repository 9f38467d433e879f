/** Other names for models, and which models stand in for one: what the variables of the platform say about names. */
import { err, ok, type Result } from '../../errors/result.ts';
import { isAutoName } from './auto-name.ts';
import { parseModelName } from './model-name.ts';

/** Alias → `<provider>/<model>` or a name of `auto`. */
export type Aliases = ReadonlyMap<string, string>;

/** `<provider>/<model>` → what is asked instead when it cannot answer, in this order. */
export type FallbackChains = ReadonlyMap<string, readonly string[]>;

const aliasPattern = /^[a-z][a-z0-9._:-]{0,62}$/;

const entriesOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const isModel = (name: string): boolean => parseModelName(name).ok || isAutoName(name);

const shown = (text: string): string => `"${text.slice(0, 80)}"`;

/** The two sides of the first equals sign. */
const sidesOf = (entry: string): readonly [string, string] => {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
};

/** Reads `fast=openai/gpt-5-mini,best=anthropic/claude-opus-4-8`; the error is a sentence without its subject. */
export const parseAliases = (text: string): Result<Aliases, string> => {
  const aliases = new Map<string, string>();
  for (const entry of entriesOf(text)) {
    const [alias, model] = sidesOf(entry);
    if (!aliasPattern.test(alias) || isAutoName(alias)) {
      return err(`must be <alias>=<provider>/<model>, separated by commas; ${shown(alias)} cannot be an alias`);
    }
    if (!isModel(model)) return err(`must name a model as <provider>/<model>, and ${shown(alias)} does not`);
    if (aliases.has(alias)) return err(`names ${shown(alias)} twice`);
    aliases.set(alias, model);
  }
  return ok(aliases);
};

/** The model that is meant. */
export const resolveAlias = (name: string, aliases: Aliases): string => aliases.get(name) ?? name;

const mostFallbacks = 5;

/** Reads `openai/gpt-5=anthropic/claude-sonnet-4-5|offline/engineer`; the error is a sentence without its subject. */
export const parseFallbacks = (text: string): Result<FallbackChains, string> => {
  const chains = new Map<string, readonly string[]>();
  for (const entry of entriesOf(text)) {
    const [model, chain] = sidesOf(entry);
    const names = chain.split('|').map((name) => name.trim());
    if (!parseModelName(model).ok) return err(`must begin with <provider>/<model>=, and ${shown(entry)} does not`);
    const wrong = names.find((name) => !parseModelName(name).ok || name === model);
    if (wrong !== undefined)
      return err(`must name other models as <provider>/<model>, separated by |, not ${shown(wrong)}`);
    if (names.length > mostFallbacks) return err(`names more than ${mostFallbacks} models for ${shown(model)}`);
    if (chains.has(model)) return err(`names ${shown(model)} twice`);
    chains.set(model, names);
  }
  return ok(chains);
};
