/** Reads fields out of sentences: `A book has a title, an author and an optional number of pages.` */

import type { Draft, DraftResource } from '../draft/draft.ts';
import { newField } from '../draft/draft.ts';
import { plainInline } from '../blocks/inline.ts';
import { singularWords, wordsOf } from '../lexicon/names.ts';
import { LONGEST_SENTENCE, normalise } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import { readQuantity } from '../phrases/comparison.ts';
import { applyDescription, referTo } from './constraints.ts';
import type { FieldLine } from './field-line.ts';
import { describeField } from './field-line.ts';

const POSSESSION =
  /^(?:in our system,? |in the system,? |here,? )?(?:also,? )?((?:(?:a|an|each|every|the|all|our|any|one) )?[A-Za-z*_`][\w*_` '-]{0,40}?) (?:always |usually |also |must |should |can |may |will |shall |simply |just |only )*(?:has|have|consists? of|contains?|stores?|records?|carry|carries|is described by|are described by|includes?|comes? with|is made up of|is defined by|knows?|tracks?|holds?|captures?|is identified by|is characterised by|features?|keeps?|keep)(?: the following)?(?: (?:fields|attributes|properties|columns|data|information|details))?(?: :|:)? (.+)$/i;
const BELONGING =
  /^((?:(?:a|an|each|every|the|all|our|one) )?[A-Za-z*_`][\w*_` '-]{0,40}?) (?:always |must |should |can |may |optionally )*(?:belongs? to|(?:is|are|be) for|(?:is|are|be) (?:made|placed|booked|held|issued|meant|intended|scheduled) (?:for|by|to|in|at)|(?:is|are|be) about|(?:is|are|be) (?:written|owned|created|opened|taken|given|submitted|filed|raised|reported|led|taught|run|managed|recorded|posted|sent|handled|responsible|performed|carried out|done|driven|rented|used|treated|requested) (?:by|to|for)|(?:is|are|be) part of|refers? to|(?:is|are|be) (?:assigned|linked|attached|tied|connected|related|associated|allocated) (?:to|with)|takes? place (?:in|at)|references?|points? to|concerns?|links?|connects?|joins?|lives? in|works (?:for|in|at)|stands in|happens (?:in|at))(?: exactly| precisely)? ((?:a|an|one|the|some|exactly one|its|either|two)\b.+|[A-Z]\w+.*)$/i;

/** Verbs that introduce fields only where an article follows. */
const WEAK_VERB =
  /\b(?:stores?|records?|carry|carries|includes?|knows?|tracks?|holds?|captures?|features?|keeps?|needs?|contains?)\b/i;

interface Possession {
  readonly subject: string;
  readonly objects: string;
  readonly belongs: boolean;
  readonly optional: boolean;
}

/** The owner and the list of things it has, when the sentence is of that kind. */
export const readPossession = (raw: string): Possession | undefined => {
  const text = plainInline(raw).replace(/[.]$/, '');
  if (text.length > 700) return undefined;
  const belongs = BELONGING.exec(text);
  const optional = / (?:can|may|optionally) /.test(text.slice(0, 60));
  if (belongs !== null) return { subject: belongs[1] ?? '', objects: belongs[2] ?? '', belongs: true, optional };
  const has = POSSESSION.exec(text);
  const weak = has !== null && WEAK_VERB.test(text.slice((has[1] ?? '').length, text.length - (has[2] ?? '').length));
  if (has !== null && weak && !/^(?:an?|its|the|one|exactly one|optional\w*)\b/i.test(has[2] ?? '')) return undefined;
  if (has === null || /\b(?:not|never|cannot|no)$/i.test((has[1] ?? '').trim())) return undefined;
  return { subject: has[1] ?? '', objects: has[2] ?? '', belongs: false, optional };
};

/** `A checkout records who took what: it has a due date, …` and `Of each habit we keep its name, …`, said directly. */
export const explained = (raw: string): string | undefined => {
  if (raw.length > LONGEST_SENTENCE) return undefined;
  const text = plainInline(raw);
  const colon =
    /^((?:an?|each|every|the) [\w-]+(?: [\w-]+)??) .{3,120}?(?::|;|,| [–—-]) (?:and )?(?:it|they|each|which) (?:also )?(has|have|contains?|consists? of|stores?) (.+)$/i.exec(
      text,
    );
  if (colon !== null) return `${colon[1] ?? ''} ${colon[2] ?? ''} ${colon[3] ?? ''}`;
  const of =
    /^(?:of|for|about|with) (?:(?:an?|each|every|the) )([\w-]+(?: [\w-]+)??),? (?:i|we|they|people|the \w+) (?:want to |would like to |need to |must |should |will )?(?:keep|store|know|record|track|save|note|remember|have|need|see)(?: track of)? (.+)$/i.exec(
      text,
    );
  if (of !== null) return `A ${of[1] ?? ''} has ${of[2] ?? ''}`;
  const what =
    /^(?:what|the things?|everything) .{0,60}?(?:about|of|for) (?:(?:an?|each|every|the) )([\w-]+(?: [\w-]+)?) ?(?:is|are)? ?(?::|,|is|are) (.+)$/i.exec(
      text,
    );
  return what === null ? undefined : `A ${what[1] ?? ''} has ${what[2] ?? ''}`;
};

const depthAware = (text: string): readonly string[] => {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (character === '(' || character === '[') depth += 1;
    if (character === ')' || character === ']') depth = Math.max(0, depth - 1);
    if (depth === 0 && (character === ',' || character === ';') && !/^\d{3}\b/.test(text.slice(index + 1))) {
      parts.push(current);
      current = '';
    } else current += character;
  }
  return [...parts, current].map((part) => part.trim()).filter((part) => part !== '');
};

const RELATIVE =
  /^(?:which|that|who|whose|where|with|of which|each|both|all|defaulting|between|at least|at most|up to|one of|either|must|unique|required|optional|default|starting|normally|usually|chosen|and (?:it )?(?:must|is|defaults|cannot|starts|may))\b/i;
const STARTS_NEW =
  /^(?:and |or |plus |as well as |optionally |also )?(?:a|an|the|its|their|some|optional|optionally|any number of|zero or more|one or more)\s/i;

/** `a title and an author` are two; `date and time` and `one of a, b and c` are one. */
const splitAnd = (text: string): readonly string[] => {
  const parts: string[] = [];
  let rest = text;
  for (let guard = 0; guard < 20; guard += 1) {
    const match =
      /^([^(]*?(?:\([^()]*\)[^(]*?)*?) (?:and|as well as|plus|and also|along with) (?:also |optionally |possibly )?((?:a|an|the|its|their|some|optional|to|with|for|by|whether)\s.+)$/i.exec(
        rest,
      );
    if (match === null) break;
    parts.push(match[1] ?? '');
    rest = match[2] ?? '';
  }
  return [...parts, rest];
};

const inEnumeration = (piece: string): boolean =>
  /\b(?:one of|either|either of)\b[^()]*$/i.test(piece) ||
  (/,\s*[^,()]*$/.test(piece) && /\b(?:one of|either)\b/i.test(piece)) ||
  /\b[\w ]{2,30}:\s[^():]*$/.test(piece);

/** The things listed, each with what is said about it. */
export const splitObjects = (text: string): readonly string[] => {
  const pieces: string[] = [];
  const determined = STARTS_NEW.test(text);
  for (const part of depthAware(text)) {
    const previous = pieces.at(-1);
    const bare = part.replace(/^(?:and|or|plus|as well as) /i, '');
    const continuesEnum = previous !== undefined && inEnumeration(previous) && !STARTS_NEW.test(bare);
    if (previous !== undefined && (RELATIVE.test(part) || continuesEnum))
      pieces[pieces.length - 1] = `${previous}, ${part}`;
    else pieces.push(bare);
  }
  return pieces.flatMap((piece) => {
    const parts = splitAnd(piece);
    if (parts.length > 1 || determined) return parts;
    const pair = /^([\w '-]+?) and ([\w '-]+(?:\s*\(.*\))?)$/.exec(piece);
    return pair === null || /\b(?:date|terms) and (?:time|conditions)\b/i.test(piece)
      ? [piece]
      : [pair[1] ?? '', pair[2] ?? ''];
  });
};

const RELATIVE_SPLIT =
  /^(.+?)(?:,)?\s+(?:which|that|who|whose|with|like|such as|between|from \d|of at (?:least|most)|of up to|greater than|at least|at most|up to|not|set to|defaulting to|starting at|in the form|consisting of|unique (?:within|per)|chosen from|measured|below|above)\b(.*)$/i;
const HEAD_ENUM = /^(.+?)\s*(?:,|:|–|—|-)?\s+(?:which is |that is |being |as )?((?:one of|either)\b.*)$/i;

const TYPE_PHRASE = /\((?:[^()]*)\)/;

/** `whether it is still active` is a yes/no field. */
const asFlag = (object: string): string =>
  object.replace(
    /^(?:and )?(?:whether|if) (?:it|they|he|she|the \w+) (?:is|are|was|has been|has|should be|can be) (?:still |currently |already |a )?([\w -]+?)( or not)?$/i,
    '$1 (boolean)',
  );

const describeObject = (draft: Draft, raw: string, source: string, line: number): FieldLine | undefined => {
  const object = asFlag(raw);
  const text = object.trim().replace(/^(?:and|plus|as well as|also|possibly|a field for|the following fields?:) /i, '');
  const optional = /^(?:an? )?(?:optional|possibly|optionally)\b|^(?:optionally,? )/i.test(text);
  const required = /^(?:a |an )?(?:required|mandatory)\b/i.test(text);
  const bracketAt = text.search(TYPE_PHRASE);
  const bracket = bracketAt < 0 ? '' : text.slice(bracketAt);
  const plain = bracketAt < 0 ? text : text.slice(0, bracketAt).trim();
  const enumeration = HEAD_ENUM.exec(plain);
  const relative = enumeration ?? RELATIVE_SPLIT.exec(plain);
  let head = relative?.[1] ?? plain;
  let rest = enumeration === null ? plain.slice(head.length) : (enumeration[2] ?? '');
  const colon = /^([^:]+?)(?::|\s[–—-]\s)\s*(.+)$/.exec(head);
  if (colon !== null) {
    head = colon[1] ?? head;
    rest = `${colon[2] ?? ''} ${rest}`;
  }
  head = head
    .replace(/,$/, '')
    .replace(/^(?:a|an|the|its|their|some|one|exactly one|any) /i, '')
    .replace(/^(?:optional|optionally|required|mandatory|possibly) (?:a |an )?/i, '');
  if (head.split(/\s+/).length > 6) return undefined;
  const unique = /^unique /i.test(head);
  const described = describeField(
    draft,
    head.replace(/^unique /i, ''),
    '',
    `${rest.replace(/^\s*(?:,\s*)?(?:(?:that|which|who) (?:is|are)|which|that|who|with)\s+/i, ' ')} ${bracket}`,
    source,
    line,
  );
  if (described === undefined) return undefined;
  if (optional) described.field.required = false;
  if (required) described.field.required = true;
  if (unique) described.field.unique = true;
  return described;
};

const asReference = (
  draft: Draft,
  object: string,
  source: string,
  line: number,
  optional: boolean,
): FieldLine | undefined => {
  const text = object.trim().replace(/^(?:and |to |by |with |for |in |at |from |of |an? optional |optionally )+/i, '');
  const bracket = /\(([^()]*)\)/.exec(text)?.[1] ?? '';
  const words = wordsOf(
    text
      .replace(/\([^()]*\)/, '')
      .replace(/^(?:an?|one|the|exactly one|its|some|single) /i, '')
      .replace(/^(?:optional|single|existing|specific|particular) /i, '')
      .split(/\s(?:and|that|which|who|with|in|on|at)\s/)[0] ?? '',
  );
  const target = findResource(draft, words) ?? (words.length > 1 ? findResource(draft, words.slice(-1)) : undefined);
  if (target === undefined || words.length > 3) return undefined;
  const field = newField(singularWords(words), source, line);
  field.required = !(optional || /\boptional/i.test(object));
  referTo(field, target.name);
  const left = applyDescription(draft, field, bracket);
  return { field, left };
};

interface ProseFields {
  readonly lines: readonly FieldLine[];
  /** Objects that are no fields of the owner: other resources it has many of. */
  readonly children: readonly DraftResource[];
}

/** The fields that the listed objects are; undefined when one of them is not understood as a field. */
export const readObjects = (
  draft: Draft,
  owner: DraftResource,
  possession: Possession,
  source: string,
  line: number,
): ProseFields | undefined => {
  const lines: FieldLine[] = [];
  const children: DraftResource[] = [];
  const objects = splitObjects(possession.objects).flatMap((object) =>
    possession.belongs ? object.split(/ (?:with|by|at|in|from|to|for|on) (?=(?:an?|one|exactly one|the) )/) : [object],
  );
  for (const object of objects) {
    const many = manyOf(draft, owner, object);
    if (many !== undefined) {
      children.push(many);
      continue;
    }
    const reference = asReference(draft, object, source, line, possession.optional);
    const found =
      reference ?? (possession.belongs && lines.length === 0 ? undefined : describeObject(draft, object, source, line));
    if (found === undefined) return undefined;
    if (reference === undefined && possession.optional) found.field.required ??= false;
    lines.push(found);
  }
  return { lines, children };
};

/** `many comments`, `one or more lines`, `ingredients`: another resource, when it is one. */
const manyOf = (draft: Draft, owner: DraftResource, object: string): DraftResource | undefined => {
  const text = normalise(object).replace(
    /^(?:and |any number of |zero or more |one or more |many |several |multiple |a list of |a number of |some |its |a collection of |a set of |own |as many |different |various |0 or more |1 or more )+/,
    '',
  );
  if (readQuantity(text) !== undefined) return undefined;
  const words = wordsOf(text.replace(/ (?:as .*|each .*)$/, ''));
  const last = words.at(-1);
  if (last === undefined || singularWords([last])[0] === last) return undefined;
  const resource = findResource(draft, words);
  return resource === undefined || resource.name === owner.name ? undefined : resource;
};
