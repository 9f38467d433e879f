/** Sentences about lists: pages of a list, filters, search, order, and web pages. */

import { plainInline } from '../blocks/inline.ts';
import type { DraftResource } from '../draft/draft.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise, withoutArticles } from '../lexicon/normal.ts';
import { readNumber } from '../lexicon/numbers.ts';
import { enumFields, findField, findResource, findStamp } from '../phrases/vocabulary.ts';
import type { Rules, Sentence } from './context.ts';

type Kind = 'filterable' | 'searchable' | 'sortable';

const CUES: readonly (readonly [RegExp, Kind])[] = [
  [
    /\b(?:search(?:able|ed|es|ing)?|full text|find|finds|found|look up|looks up|looked up|query|lookup)\b/,
    'searchable',
  ],
  [/\b(?:filter(?:able|ed|s|ing)?|narrow(?:ed)?(?: down)?|restrict(?:ed)? to|limited to)\b/, 'filterable'],
  [/\b(?:sort(?:able|ed|s|ing)?|order(?:ed|able|ing)?|orders|listed|ranked)\b/, 'sortable'],
];

const fieldNamesIn = (resource: DraftResource, text: string): readonly string[] | undefined => {
  const body = text
    .replace(
      /\b(?:newest|oldest|latest|most recent|highest|lowest|cheapest|alphabetically|ascending|descending|case insensitively|partial(?:ly)?|by default|full text|substring|in both directions|first|last added|a to z)\b(?: first)?/g,
      ' ',
    )
    .replace(/\( ?[^()]* ?\)/g, ' ')
    .replace(/ (?:via|using|with|through) .*$/, ' ')
    .replace(/\bfirst$/, '');
  const names: string[] = [];
  for (const part of body.split(/ , and | , or | and (?:by |in |their |the )?| or (?:by |in )?| , | & | \/ /)) {
    const bare = withoutArticles(
      part
        .trim()
        .replace(/^(?:by|in|for|on|and|or|over|through|its|their|the|within|of) /, '')
        .replace(/^(?:by|in|for|on|the|their|its) /, '')
        .replace(/ (?:fields?|of the .+|is|are|value|only|too)$/, '')
        .trim(),
    );
    if (bare === '' || bare === ',') continue;
    const words = bare.split(' ');
    const stamp = findStamp(words);
    const field = findField(resource, words)?.name ?? (stamp === 'id' ? undefined : stamp);
    if (field === undefined) return undefined;
    names.push(field);
  }
  return names;
};

const resourcesIn = (rules: Rules, sentence: Sentence, text: string): readonly DraftResource[] => {
  if (sentence.isAboutOne === true && sentence.about !== undefined) return [sentence.about];
  const words = text.split(/[ ,]+/);
  const named: DraftResource[] = [];
  words.forEach((word, index) => {
    const resource =
      findResource(
        rules.draft,
        [word, words[index + 1] ?? ''].filter((part) => part !== ''),
      ) ?? findResource(rules.draft, [word]);
    if (resource !== undefined && !named.includes(resource)) named.push(resource);
  });
  if (named.length > 0) return named;
  return sentence.about === undefined ? [] : [sentence.about];
};

const addNames = (resource: DraftResource, kind: Kind, names: readonly string[]): void => {
  for (const name of names) {
    if (kind === 'searchable') {
      const field = resource.fields.find((candidate) => candidate.name === name);
      if (field !== undefined && /^(?:string|text|email|url|enum|string_list)$/.test(field.type ?? 'string'))
        resource.searchable.add(name);
      else resource.filterable.add(name);
    } else resource[kind].add(name);
  }
};

const CLAUSE =
  /(?=\b(?:search(?:able|ed|es|ing)?|filter(?:able|ed|s|ing)?|sort(?:able|ed|s|ing)?|ordered|orderable|listed|find|finds|look up|looks up|found)\b)/;

const listClauses = (rules: Rules, sentence: Sentence): boolean => {
  const text = sentence.text.replace(/\( ?([^()]*?) ?\)/g, ' $1 ').replace(/\?[a-z]+ ?=/g, ' ');
  if (!CUES.some(([cue]) => cue.test(text))) return false;
  const pieces = text.split(CLAUSE);
  let resources = resourcesIn(rules, sentence, pieces[0] ?? '');
  let understood = 0;
  for (const piece of pieces) {
    const kind = CUES.find(([cue]) => cue.test(piece.slice(0, 14)))?.[1];
    if (kind === undefined) continue;
    const body = piece.replace(/^[a-z]+(?: up)?(?: the)?(?: list)?(?: of)? ?:? ?/, '');
    const by = /^(.*?)\b(?:by|in|for|on|over|through|within|are|:)\b (.+)$/.exec(body);
    const target =
      by === null
        ? []
        : sentence.isAboutOne === true
          ? []
          : resourcesIn(rules, { ...sentence, about: undefined }, by[1] ?? '');
    if (target.length > 0 && (by?.[1] ?? '').trim() !== '') resources = target;
    const list = (by?.[2] ?? body)
      .replace(/ , (?:and|or)? ?$| (?:and|or|can be|,|and are|are|may be|it is possible to|people can|be)+ ?$/g, '')
      .replace(/ (?:and|,|or)$/, '')
      .replace(/ (?:can|may|must) be$/, '')
      .replace(/ and$/, '');
    const applied = resources.filter((resource) => {
      const names = fieldNamesIn(resource, list);
      if (names === undefined || names.length === 0) return false;
      addNames(resource, kind, names);
      return true;
    });
    const whole = /^(?:newest|oldest|latest|most recent|alphabetical)/.test(list);
    if (whole) for (const resource of resources) resource.sortable.add('createdAt');
    if (applied.length === 0 && !whole) return everyField(rules, sentence, kind, text);
    understood += 1;
  }
  return understood > 0;
};

/** `every list can be filtered by its enums`, `all text fields are searchable`. */
const everyField = (rules: Rules, sentence: Sentence, kind: Kind, text: string): boolean => {
  const general = /\b(?:all|every|each|any|lists?|every field|all fields|resources?)\b/.test(text);
  const resources = general ? rules.draft.resources : resourcesIn(rules, sentence, text);
  if (resources.length === 0) return false;
  for (const resource of resources) {
    const fields = resource.fields.filter((field) => field.type !== 'text' || kind === 'searchable');
    const wanted = /\b(?:status|enum|reference|related|parent)/.test(text)
      ? [...enumFields(resource), ...fields.filter((field) => field.type === 'reference')]
      : fields;
    addNames(
      resource,
      kind,
      (kind === 'searchable'
        ? fields.filter((field) => field.type === 'string' || field.type === 'text' || field.type === 'email')
        : wanted
      ).map((field) => field.name),
    );
  }
  return /\b(?:all|every|each|any|lists?|search)\b/.test(text);
};

const PAGED =
  /\b(?:paginat(?:ed|ion|e)|paged|paging|per page|page size|limit|offset|entries at a time|records at a time|results at a time|at a time)\b/;

/** Page sizes: the default and the largest. */
const pagination = (rules: Rules, text: string): boolean => {
  if (
    !PAGED.test(text) ||
    /^(?:an? |each |every )?(?!lists?\b|every list|all lists|endpoints?|results?|collections?|responses?|pages?\b|the )[a-z]+ (?:can|may|cannot|must) /.test(
      text,
    )
  )
    return false;
  const most =
    /(?:(?:at most|max(?:imum)?(?: limit| page size| size)?(?: of| is| :|:)?|never more than|up to|capped at|largest|most|limit(?:ed)? to)(?: is| of| :)? ?(\d+))|(\d+) ?(?:at (?:the )?most|max(?:imum)?\b)/.exec(
      text,
    );
  const standard =
    /(?:default(?:s)?(?: page size| limit| size| value)?(?: of| is| to| :|:|=)*|page size(?: of| is| :|:)?|standard) ?(\d+)|(\d+) ?(?:\( ?default ?\)|by default|per page|(?:entries|items|records|results|rows|[a-z]+)? ?(?:per|a|each) page|(?:entries|items|records|results|rows) at a time|as (?:the )?default|default|(?:entries|items|records|results|rows) each)/.exec(
      text,
    );
  const maxLimit = readNumber(most?.[1] ?? most?.[2] ?? '');
  const defaultLimit =
    readNumber(standard?.[1] ?? standard?.[2] ?? '') ??
    /(?:limit|pages? of|limit of) ?(\d+)/
      .exec(text.replace(most?.[0] ?? ' ', ''))
      ?.slice(1)
      .map(Number)[0];
  if (maxLimit !== undefined && maxLimit > 0) rules.draft.pagination.maxLimit = maxLimit;
  if (defaultLimit !== undefined && defaultLimit > 0) {
    rules.draft.pagination.defaultLimit = defaultLimit;
    if (maxLimit === undefined && rules.draft.pagination.maxLimit < defaultLimit)
      rules.draft.pagination.maxLimit = defaultLimit;
  }
  return true;
};

const PAGE =
  /\b(?:web page|html page|page|pages|web interface|user interface|ui|screen|screens|view|views|website|front ?end|web site|browser)\b/;

/** Pages: named resources get one; a sentence without a name gives every resource one. */
const pages = (rules: Rules, sentence: Sentence): boolean => {
  const { text } = sentence;
  if (
    !PAGE.test(text) ||
    PAGED.test(text) ||
    /\bcannot\b|\bonly\b|\bchart|\bgraph\b|\bdrag\b|\bcalendar\b|\bmap\b/.test(text)
  )
    return false;
  const none =
    /\b(?:no|without|not need|need not have) (?:a |any )?(?:web |html )?(?:user interface|ui|pages?|front ?end|screens?)\b/.test(
      text,
    );
  const named = resourcesIn(rules, { ...sentence, about: undefined }, text.replace(/[()]/g, ' '));
  const all =
    named.length === 0 ||
    /\b(?:per resource|for (?:each|every|all)|each resource|every resource|all resources)\b/.test(text);
  for (const resource of all && named.length === 0 ? rules.draft.resources : named) resource.hasPage = !none;
  if (named.length === 0) rules.draft.wantsPages = !none;
  return true;
};

/** Query parameters in a path: `GET /books?author=…&q=…`. */
export const applyQuery = (resource: DraftResource, query: string): readonly string[] => {
  const unknown: string[] = [];
  for (const parameter of query.split('&')) {
    const [name = ''] = parameter.replace(/[[\]{}`]/g, '').split('=');
    const words = wordsOf(name);
    if (/^(?:q|query|search|text|term)$/i.test(name.trim())) resource.searchable.add('*');
    else if (
      /^(?:limit|offset|page|size|per_?page|pageSize|cursor|skip|take|sort|order|sort_?by|direction)$/i.test(
        name.trim(),
      ) ||
      words.length === 0
    )
      continue;
    else {
      const field =
        findField(resource, words) ??
        findField(
          resource,
          words.filter((word) => word !== 'id'),
        );
      if (field === undefined) unknown.push(name);
      else resource.filterable.add(field.name);
    }
  }
  return unknown;
};

/** Reads the sentence as one about lists or pages; false when it is neither or is not understood. */
export const readListing = (rules: Rules, sentence: Sentence): boolean => {
  const text = normalise(plainInline(sentence.source).replace(/[?&](\w+)=/g, ' $1 '));
  if (pagination(rules, text)) {
    if (/\b(?:filter|search|sort)/.test(text)) listClauses(rules, sentence);
    return true;
  }
  return listClauses(rules, sentence) || pages(rules, sentence);
};
