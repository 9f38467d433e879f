/** The names by which the platform is asked to choose a model itself. */

/** `auto` weighs all, the others put one thing first. */
export type AutoPolicy = 'balanced' | 'cheap' | 'fast' | 'best';

const policies: Readonly<Record<string, AutoPolicy>> = {
  auto: 'balanced',
  'auto:cheap': 'cheap',
  'auto:fast': 'fast',
  'auto:best': 'best',
};

export const autoNames: readonly string[] = Object.keys(policies);

/** The policy of a name, or undefined when it names a model. */
export const autoPolicyOf = (name: string): AutoPolicy | undefined =>
  Object.hasOwn(policies, name) ? policies[name] : undefined;

/** Whether the name leaves the choice to the platform. */
export const isAutoName = (name: string): boolean => autoPolicyOf(name) !== undefined;
