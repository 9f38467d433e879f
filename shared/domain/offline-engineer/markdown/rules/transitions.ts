/** Sentences about the way of a status: `the status goes from open to in progress to done`, `draft -> sent -> paid`. */

import type { DraftField, DraftResource } from '../draft/draft.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { enumFields, findResource, findValue, isStatusName } from '../phrases/vocabulary.ts';
import type { Chain, Move, Rules, Sentence } from './context.ts';

interface Steps {
  readonly groups: readonly (readonly string[])[];
  readonly chain: boolean;
}

const SPLIT =
  / -> | (?:and )?then (?:to )?| (?:and )?(?:finally|later|afterwards|next|eventually) (?:to )?| (?:in)?to | until |, (?:and )?(?:then|finally) /;

const valuesIn = (field: DraftField, text: string): readonly string[] | undefined => {
  const parts = text
    .split(/ , or | or | , | \/ | and (?:from there |also )?/)
    .map((part) =>
      withoutArticles(
        part
          .trim()
          .replace(/^(?:either|to|from|in|being|is|be|become|becoming) /, '')
          .replace(/ (?:again|directly|at the end)$/, ''),
      ),
    )
    .filter((part) => part !== '');
  const whole = findValue(field, withoutArticles(text.trim()).split(' '));
  if (whole !== undefined) return [whole];
  const values = parts.map((part) => findValue(field, part.split(' ')));
  return values.length > 0 && values.every((value) => value !== undefined)
    ? values.filter((value) => value !== undefined)
    : undefined;
};

const stepsIn = (field: DraftField, text: string): Steps | undefined => {
  const parts = text
    .split(SPLIT)
    .map((part) =>
      part
        .replace(/^(?:,|and|from|to|:) /, '')
        .replace(/ (?:,|and)$/, '')
        .trim(),
    )
    .filter((part) => part !== '');
  const groups = parts.map((part) => valuesIn(field, part));
  const known = groups.filter((group) => group !== undefined);
  return parts.length >= 2 && known.length === parts.length
    ? { groups: known, chain: parts.length > 2 || /->/.test(text) }
    : undefined;
};

const BODY: readonly RegExp[] = [
  /^(?:the |its |an? |each |every )?(.*?) ?(?:goes?|moves?|changes?|runs?|pass(?:es)?|progress(?:es)?|flows?|can go|can move|can change|may go|may move|may change|can only go|can only move|can only change|may only change|may only go|may only move|must go|transitions?|can be changed|can be moved|can only be changed|advances|proceeds|switches|can only transition|develops)(?: only)?(?: through)? (?:from )?(.+)$/,
  /^(?:the )?(?:allowed |possible |valid |permitted )?(?:status |state )?(?:transitions?|flow|life ?cycle|workflow|order|way|steps?|moves?|changes)(?: of (?:an? |the )?(.+?))? ?(?:is|are|:|=) ?(.+)$/,
  /^(?:(.+?) ?: )?((?:[a-z][a-z ]*)(?: -> [a-z ,/]+)+)$/,
  /^(?:from )?()(.+)$/,
];

const fieldsFor = (
  rules: Rules,
  sentence: Sentence,
  subject: string,
): readonly (readonly [DraftResource, DraftField])[] => {
  const words = withoutArticles(
    subject
      .replace(/ (?:status|state)$/, '')
      .replace(/^(?:status|state) (?:of )?(?:an? |the )?/, '')
      .replace(/ 's$/, ''),
  ).split(' ');
  const named = findResource(rules.draft, words);
  const candidates =
    named === undefined
      ? [...(sentence.about === undefined ? [] : [sentence.about]), ...rules.draft.resources]
      : [named];
  return candidates.flatMap((resource) =>
    [...enumFields(resource)]
      .sort((left, right) => Number(isStatusName(right.words)) - Number(isStatusName(left.words)))
      .map((field) => [resource, field] as const),
  );
};

const enter = (rules: Rules, sentence: Sentence, resource: DraftResource, field: DraftField, steps: Steps): true => {
  steps.groups.forEach((group, index) => {
    const next = steps.groups[index + 1];
    for (const to of next ?? [])
      rules.moves.push({ resource: resource.name, field: field.name, from: group, to, source: sentence.source });
  });
  const [first] = steps.groups[0] ?? [];
  const covered = new Set(steps.groups.flat());
  if (first !== undefined && covered.size === field.values?.length)
    rules.chains.push({ resource: resource.name, field: field.name, first });
  return true;
};

/** Reads the sentence as moves of a status; false when it is none or is not understood. */
export const readTransition = (rules: Rules, sentence: Sentence): boolean => {
  const text = sentence.text
    .replace(/ \( (.*?) \)/g, ' , $1')
    .replace(/ (?:and )?(?:never|not) (?:back(?:wards?)?|in reverse|the other way(?: round)?)$/, '');
  if (!/ -> | to | then |from /.test(text)) return false;
  for (const shape of BODY) {
    const match = shape.exec(text);
    if (match === null) continue;
    const body = (match[2] ?? '').replace(/^(?:from|through) /, '');
    for (const [resource, field] of fieldsFor(rules, sentence, match[1] ?? '')) {
      const clauses = body.split(/ , (?:and )?from | ; | and from /);
      const steps = clauses.map((clause) => stepsIn(field, clause.replace(/^from /, '')));
      const known = steps.filter((step) => step !== undefined);
      if (known.length < clauses.length) continue;
      return known.map((step) => enter(rules, sentence, resource, field, step)).every(Boolean);
    }
  }
  return false;
};

const sourcesOf = (moves: readonly Move[], value: string): readonly string[] =>
  moves.filter((move) => move.to === value).flatMap((move) => move.from);

/** The initial values: the first of a chain, else every value that no sentence restricts the entry of. */
const initialOf = (field: DraftField, moves: readonly Move[], chains: readonly Chain[]): readonly string[] => {
  const [chain] = chains;
  if (chain !== undefined) return [chain.first];
  const free = (field.values ?? []).filter((value) => !moves.some((move) => move.to === value));
  return free.length > 0 ? free : (field.values ?? []).slice(0, 1);
};

/** Turns the collected moves into one rule for each status field. */
export const settleTransitions = (rules: Rules): void => {
  for (const resource of rules.draft.resources) {
    for (const field of enumFields(resource)) {
      const isHere = (entry: { readonly resource: string; readonly field: string }): boolean =>
        entry.resource === resource.name && entry.field === field.name;
      const moves = rules.moves.filter(isHere);
      const chains = rules.chains.filter(isHere);
      if (moves.length === 0) continue;
      const values = field.values ?? [];
      const standard = field.default?.kind === 'literal' ? field.default.value : undefined;
      const begin = chains[0]?.first ?? standard;
      const unsaid = values.filter((value) => value !== begin && sourcesOf(moves, value).length === 0);
      const said = values.length - unsaid.length - 1;
      // One value whose entry nobody speaks of, beside two or more that are spoken of, follows the first one.
      const wholeWay = begin !== undefined && (unsaid.length === 0 || (unsaid.length === 1 && said > 1));
      const allows = (from: string, to: string): boolean => {
        const sources = sourcesOf(moves, to);
        if (sources.length > 0) return sources.includes(from);
        if (wholeWay) return from === begin && unsaid.includes(to);
        return from !== to && !chains.some((chain) => chain.first === to);
      };
      const allowed = Object.fromEntries(
        values.map((from) => [from, values.filter((to) => from !== to && allows(from, to))]),
      );
      rules.draft.rules.push({
        kind: 'transition',
        resource: resource.name,
        field: field.name,
        initial: [...initialOf(field, moves, chains)],
        moves: allowed,
        source: [...new Set(moves.map((move) => move.source))].join(' '),
      });
    }
  }
};
