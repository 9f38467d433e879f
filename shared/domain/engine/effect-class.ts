/** What an effect on the outside can bear. The one definition: tools declare it, the journal enforces it. */

/**
 * What a crash in the middle of an effect means: `pure` and `idempotent` ones are done again (the latter under the same
 * key), `lookup` ones ask first whether they happened, `unsafe` ones wait for somebody to settle them.
 */
export type EffectClass = (typeof effectClasses)[number];

/** Strictest last. */
export const effectClasses = ['pure', 'idempotent', 'lookup', 'unsafe'] as const;

export const isEffectClass = (text: string): text is EffectClass => effectClasses.some((known) => known === text);

/** The stricter of both: a row from code that declared another class is treated with the care of either. */
export const stricterOf = (left: EffectClass, right: EffectClass): EffectClass =>
  effectClasses.indexOf(left) >= effectClasses.indexOf(right) ? left : right;

/**
 * True when the intent has to be on disk before the effect begins. For the others the output gate suffices: the
 * runtime holds back each outgoing request until earlier writes are on disk, and were the row lost, doing the step
 * again would be harmless.
 */
export const needsDurableIntent = (effectClass: EffectClass): boolean =>
  effectClass === 'lookup' || effectClass === 'unsafe';
