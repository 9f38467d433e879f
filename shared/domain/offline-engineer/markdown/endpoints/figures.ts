/** Endpoints that answer figures: `GET /stats – number of books, number of open loans and total stock value`. */

import type { Expression } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { recordOf } from '../draft/draft.ts';
import { camelCase, wordsOf } from '../lexicon/names.ts';
import { normalise, withoutArticles } from '../lexicon/normal.ts';
import type { Frame } from '../phrases/context.ts';
import { enumFields, findField, findResource } from '../phrases/vocabulary.ts';
import type { Rules, Sentence } from '../rules/context.ts';
import type { EndpointLine } from './lines.ts';

type Figure =
  | { readonly name: string; readonly expression: Expression }
  | { readonly name: string; readonly countBy: { readonly resource: string; readonly field: string } };

const SMALL = new Set('the a an of its all in and that are is have has with which by per for each total'.split(' '));

const nameFor = (text: string): string => {
  const counted = /^(?:the )?(?:total |overall )?(?:number|count|amount) of /.exec(text);
  const body = counted === null ? text : text.slice(counted[0].length);
  const words = wordsOf(body)
    .filter((word) => !SMALL.has(word) || (counted === null && word === 'total'))
    .slice(0, 6);
  return camelCase(words.length === 0 ? wordsOf(text).slice(0, 4) : words);
};

const countBy = (rules: Rules, text: string, about: DraftResource | undefined): Figure | undefined => {
  const match =
    /^(?:the )?(?:number|count|counts|breakdown|distribution)(?: of)? (.+?) (?:by|per|grouped by|for each|in each|of each) (.+)$/.exec(
      text,
    ) ?? /^(?:how many )?(.+?) (?:by|per|grouped by|for each) (.+)$/.exec(text);
  const resource =
    match === null ? undefined : (findResource(rules.draft, wordsOf(withoutArticles(match[1] ?? ''))) ?? about);
  const field =
    resource === undefined || match === null
      ? undefined
      : (findField(resource, withoutArticles(match[2] ?? '').split(' ')) ??
        (/^(?:status|state)$/.test(match[2] ?? '') ? enumFields(resource)[0] : undefined));
  if (resource === undefined || field === undefined || field.type === 'text') return undefined;
  return {
    name: camelCase([...resource.pluralWords, 'by', ...field.words]),
    countBy: { resource: resource.name, field: field.name },
  };
};

const FIGURE =
  /^(?:the )?(?:total|overall|number|count|sum|average|mean|avg|how many|highest|lowest|maximum|minimum|most|amount|max|min)\b/;

const plainCount = (rules: Rules, text: string, frame: Frame): Expression | undefined =>
  rules.phrases.value(`number of ${withoutArticles(text)}`, frame);

const readOne = (rules: Rules, text: string, frame: Frame, about: DraftResource | undefined): Figure | undefined => {
  const grouped = / (?:by|per|grouped by|for each|in each) /.test(text) ? countBy(rules, text, about) : undefined;
  if (grouped !== undefined) return grouped;
  const trimmed = text
    .replace(/ (?:so far|overall|in the system|in total|altogether)$/, '')
    .replace(/ of (?:this|that|the) [a-z]+$/, (match) => (frame.self === undefined ? match : ''));
  const expression =
    rules.phrases.value(trimmed, frame) ??
    plainCount(rules, trimmed.replace(/^(?:count|counts|number|total) (?:of )?/, ''), frame) ??
    totalOf(rules, trimmed, frame);
  if (expression === undefined || expression.kind === 'literal') return undefined;
  return { name: nameFor(text), expression };
};

/** `total amount`, `average amount` where only one resource has such a field. */
const totalOf = (rules: Rules, text: string, frame: Frame): Expression | undefined => {
  const match = /^(?:the )?(total|average|mean|sum of|highest|lowest|maximum|minimum)(?: of)? (.+)$/.exec(text);
  if (match === null) return undefined;
  const owners = rules.draft.resources.flatMap((resource) => {
    const field = findField(resource, withoutArticles(match[2] ?? '').split(' '));
    return field !== undefined && (field.type === 'integer' || field.type === 'number') ? [{ resource, field }] : [];
  });
  const [only] = owners;
  if (only === undefined || owners.length !== 1) return undefined;
  return rules.phrases.value(
    `${/^(?:total|sum of)$/.test(match[1] ?? '') ? 'sum of' : (match[1] ?? '')} ${only.field.words.join(' ')} of ${only.resource.pluralWords.join(' ')}`,
    frame,
  );
};

const split = (text: string): readonly string[] => {
  const pieces = text.split(
    / ?, and (?:the )?| ?, (?:the )?| ; (?:the )?| and (?=(?:the )?(?:number|total|average|sum|count|how many|highest|lowest|amount|overall|of)\b)/,
  );
  const last = pieces.at(-1) ?? '';
  const at = last.indexOf(' and ');
  return pieces.length > 1 && at > 0 && !/^(?:sum|total) of/.test(last)
    ? [...pieces.slice(0, -1), last.slice(0, at), last.slice(at + 5)]
    : pieces;
};

const restored = (pieces: readonly string[]): readonly string[] => {
  let lead = '';
  return pieces.map((piece) => {
    const own = /^(?:the )?(?:total )?(?:number|count) of /.exec(piece);
    if (own !== null) lead = own[0];
    return own === null && piece.startsWith('of ') && lead !== '' ? `${lead}${piece.slice(3)}` : piece;
  });
};

const LEADS =
  /^(?:returns?|answers?(?: with)?|gives?|shows?|responds with|delivers?|reports?|provides?|contains?|computes?|counts?(?= of| the| how)|an? (?:object|json object|summary|overview|report) (?:with|of)|statistics(?: of| about| on)?|figures|stats|summary|overview|totals|some (?:figures|numbers|statistics)|dashboard(?: figures| numbers)?|key figures|with|including|such as|:|about [a-z ]+ :|with the|the figures|for [a-z ]+ :)\s*(?:: )?/;

/** Puts the figures into the draft; false when one of them is not understood. */
export const readFigures = (rules: Rules, sentence: Sentence, line: EndpointLine): boolean => {
  if (line.method !== 'GET' || line.segments.length === 0) return false;
  const [first, id] = line.segments;
  const parent = id === ':id' && first !== undefined ? findResource(rules.draft, wordsOf(first)) : undefined;
  if (id === ':id' && (parent === undefined || line.segments.length < 3)) return false;
  let text = normalise(line.description);
  for (let guard = 0; guard < 5 && LEADS.test(text); guard += 1) text = text.replace(LEADS, '');
  text = text.replace(
    /^(?:of |the )?(?:[a-z]+ )?(?:figures|numbers|statistics|stats|summary|overview)(?: of [a-z ]+)? ?[:-] /,
    '',
  );
  const named =
    line.segments.find((segment) =>
      /(?:stats|statistics|summary|report|dashboard|count|totals|metrics|overview|figures|kpis)/.test(segment),
    ) !== undefined;
  if (!FIGURE.test(text) && !named) return false;
  const record = parent === undefined ? undefined : recordOf(parent);
  const frame: Frame = record === undefined ? { depth: 0 } : { self: record, it: record, depth: 0 };
  const about = parent ?? (first === undefined ? undefined : findResource(rules.draft, wordsOf(first)));
  const whole = readOne(rules, text, frame, about);
  const single =
    whole !== undefined && !/ , | ; /.test(text) && !/ and (?:the )?(?:number|total|average|sum|count)/.test(text);
  const values = single ? [whole] : restored(split(text)).map((piece) => readOne(rules, piece.trim(), frame, about));
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 || known.length < values.length) return false;
  rules.draft.endpoints.push({
    kind: 'figures',
    method: 'GET',
    path: `/${line.segments.map((segment, index) => (index === 0 && parent !== undefined ? parent.plural : segment)).join('/')}`,
    name: line.segments
      .filter((segment) => segment !== ':id')
      .flatMap((segment) => wordsOf(segment))
      .join('-'),
    ...(parent === undefined ? {} : { parent: { resource: parent.name } }),
    values: known,
    source: sentence.source,
  });
  return true;
};
