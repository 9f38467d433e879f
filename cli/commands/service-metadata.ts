/** What the options of `services register` and `update` say of a service. */
import { usageFailure } from '../exit-codes.ts';

export interface MetadataOptions {
  readonly version?: string;
  readonly title?: string;
  readonly description?: string;
  readonly tag?: string[];
  readonly capability?: string[];
  readonly region?: string;
  readonly weight?: string;
  readonly policy?: string;
  readonly attribute?: readonly string[];
}

/** The words of a list separated by commas; an empty text is no word. */
export const wordsOf = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');

/** `key=value`, each. */
export const readAttributes = (entries: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf('=');
      if (equals < 1) throw usageFailure(`"${entry}" is no attribute: give key=value`);
      return [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );

/** Everything but the version, as far as it was given; the platform checks it. */
export const readMetadata = (options: MetadataOptions) => {
  const { title, description, tag: tags, capability: capabilities, region, weight, policy, attribute } = options;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(tags === undefined ? {} : { tags }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(region === undefined ? {} : { region }),
    ...(weight === undefined ? {} : { weight: Number(weight) }),
    ...(policy === undefined ? {} : { policy: policy as 'weighted' }),
    ...(attribute === undefined ? {} : { attributes: readAttributes(attribute) }),
  };
};
