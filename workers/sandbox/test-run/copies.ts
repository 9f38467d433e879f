/**
 * Copies of a project's modules within one isolate, under names of their own: each is loaded for itself, with the mutant
 * that is on at that time. Only modules that name each other by their places can be copied; see `Measurer.isCopied`.
 */
import type { BuiltModules } from '../../../shared/rpc/toolchain.ts';
import { limits } from '../guard/limits.ts';
import { copiesFolder } from '../guest/module-names.ts';

/** How many copies of modules an isolate can hold. */
export function copiesWithin(modules: BuiltModules['modules']): number {
  const characters = Object.values(modules).reduce((sum, code) => sum + code.length, 0);
  const byModules = Math.floor(limits.copiedModules / Math.max(1, Object.keys(modules).length));
  return Math.min(byModules, Math.floor(limits.copiedCharacters / Math.max(1, characters)));
}

export function copiesOf(modules: BuiltModules['modules'], count: number): BuiltModules['modules'] {
  const entries = Object.entries(modules);
  const copies = Array.from({ length: count }, (_, index) => `${copiesFolder}${String(index + 1)}/`);
  return Object.fromEntries(copies.flatMap((folder) => entries.map(([name, code]) => [`${folder}${name}`, code])));
}
