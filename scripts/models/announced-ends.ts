/**
 * The days on which models end, where their maker's own SDK tells them: Anthropic's (MIT) warns of them and keeps the list
 * in its source, without exporting it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../platform/state-folder.ts';

const source = 'node_modules/@anthropic-ai/sdk/resources/messages/messages.js';

/** `November 30th, 2026` → `2026-11-30`. */
const dayOf = (text: string): string | undefined => {
  const at = Date.parse(`${text.replace(/(\d)(?:st|nd|rd|th)/, '$1')} UTC`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString().slice(0, 10);
};

/** By the full name of the model. Throws when the list is not where it was: then nobody knows. */
export const readAnnouncedEnds = (): ReadonlyMap<string, string> => {
  const text = readFileSync(join(repositoryRoot, source), 'utf8');
  const [, list] = /DEPRECATED_MODELS = \{([^}]*)\}/.exec(text) ?? [];
  if (list === undefined) throw new Error(`${source} has no list of deprecated models any more.`);
  return new Map(
    [...list.matchAll(/'([^']+)': '([^']+)'/g)].flatMap(([, model = '', when = '']) => {
      const day = dayOf(when);
      return day === undefined ? [] : [[`anthropic/${model}`, day] as const];
    }),
  );
};
