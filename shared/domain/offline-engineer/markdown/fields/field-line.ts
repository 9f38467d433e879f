/** Reads one line that defines a field, in the many styles people write them. */

import type { Draft, DraftField } from '../draft/draft.ts';
import { newField } from '../draft/draft.ts';
import { plainInline, withoutCode } from '../blocks/inline.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import { applyDescription, applyPiece, referTo } from './constraints.ts';

export interface FieldLine {
  readonly field: DraftField;
  /** What was said about it and not understood, as written. */
  readonly left: readonly string[];
}

const VERBS =
  /\b(?:is|are|was|must|cannot|can|can't|may|has|have|should|shall|will|belongs|belong|be|when|if|only|needs|does|do|gets|every|each|no|not|if|once|after|before|it|they|we|you|i)\b/i;
const SENTENCE_VERBS =
  /\b(?:is|are|was|must|cannot|can|can't|may|has|have|should|shall|will|belongs|belong|be|needs|does|do|gets|goes|becomes|sets)\b/i;

const SEPARATOR = /\s*(?::=|:|\s[–—]\s?|—|\s-\s|\(|->|→|⇒|,|;|\s=\s|\[)\s*/;

interface Halves {
  readonly name: string;
  readonly mark: string;
  readonly rest: string;
}

const halvesOf = (text: string): Halves | undefined => {
  const code = /^`([^`]{1,60})`\s*([?!*]?)\s*(.*)$/.exec(text);
  if (code !== null) {
    const inner = code[1] ?? '';
    const split = /^([A-Za-z_][\w-]*)([?!]?)\s*[:(]\s*(.+?)\)?$/.exec(inner);
    if (split !== null)
      return { name: split[1] ?? '', mark: split[2] ?? '', rest: `${split[3] ?? ''} ${code[3] ?? ''}` };
    const name = /^([A-Za-z_][\w -]*)([?!*]?)$/.exec(inner);
    if (name === null) return undefined;
    return {
      name: name[1] ?? '',
      mark: `${name[2] ?? ''}${code[2] ?? ''}`,
      rest: (code[3] ?? '').replace(/^(?::|–|—|-|,|=)\s*/, ''),
    };
  }
  const separator = SEPARATOR.exec(text);
  const head = (separator === null ? text : text.slice(0, separator.index)).trim();
  const named = /^((?:["'“]?)[A-Za-zÀ-ÿ#][\wÀ-ÿ '’/#.-]{0,60}?(?:["'”]?))([?!*]{0,2})$/.exec(head);
  if (named === null) return undefined;
  const raw = separator === null ? '' : text.slice(separator.index + separator[0].length);
  const arrow =
    separator !== null && /->|→|⇒/.test(separator[0])
      ? '-> '
      : separator !== null && separator[0].trim() === '='
        ? '= '
        : '';
  return { name: (named[1] ?? '').replace(/["“”]/g, ''), mark: named[2] ?? '', rest: `${arrow}${raw}` };
};

const LEADING =
  /^(?:(?:a|an|the|its|their|each|some|optional|optionally|required|mandatory|unique|and|plus|also)\s+)+(?=\S)/i;

/** The words of a field's name; undefined when the text is no name. */
const fieldNameWords = (text: string): readonly string[] | undefined => {
  const bare = text.replace(LEADING, '').trim();
  const words = wordsOf(bare);
  if (words.length === 0 || words.length > 6) return undefined;
  const identifier = /^[\w]+$/.test(bare);
  if (
    !identifier &&
    words.length > 1 &&
    VERBS.test(words.slice(1).join(' ')) &&
    !/^(?:is|has|can|was|do not|does) /i.test(bare)
  )
    return undefined;
  if (words.length === 1 && VERBS.test(bare) && !identifier) return undefined;
  if (/^(?:e g|i e|note|notes on|example|see|for|as|in|to|with|by|on) /.test(words.join(' ')) && !identifier)
    return undefined;
  return words;
};

const applyMark = (field: DraftField, mark: string): void => {
  if (mark.includes('?')) field.required ??= false;
  if (mark.includes('!') || mark.includes('*')) field.required ??= true;
};

/** GraphQL and TypeScript spellings at the beginning of the rest: `string!`, `Author!`, `text?`, `[String!]!`. */
const shorthand = (rest: string, field: DraftField): string => {
  const marked = /^(\[?)([A-Za-z][\w ]{0,30}?)(!?\]?)([!?])(?=\s|$|[,(;=])/.exec(rest);
  if (marked !== null) {
    field.required ??= marked[4] === '!';
    const list = marked[1] === '[';
    return `${list ? 'list of strings' : (marked[2] ?? '')} , ${rest.slice(marked[0].length)}`;
  }
  return rest.replace(/^(\w+)\[\]/, 'list of $1s').replace(/^(\w+)\s*\|\s*null\b/, '$1, nullable');
};

const leadingFlags = (draft: Draft, field: DraftField, text: string): void => {
  const lead = LEADING.exec(text)?.[0]?.toLowerCase() ?? '';
  for (const word of lead.split(/\s+/))
    if (/optional|required|mandatory|unique/.test(word))
      applyPiece(draft, field, word.replace('optionally', 'optional'));
};

const withUnit = (draft: Draft, field: DraftField): void => {
  if (field.type !== undefined || field.reference !== undefined || field.values !== undefined) return;
  const last = field.words.at(-1) === 'id' ? field.words.slice(0, -1) : field.words;
  const target = findResource(draft, last) ?? (last.length > 1 ? findResource(draft, last.slice(-1)) : undefined);
  if (target !== undefined && target.words.at(-1) === last.at(-1)) referTo(field, target.name);
};

/** Makes the field a reference when its name is the name of a resource and nothing else was said about its type. */
const settleReference = (draft: Draft, field: DraftField): void => {
  if (field.type === 'string' || field.type === 'integer' || field.type === 'uuid') {
    const endsInId = field.words.at(-1) === 'id' && field.words.length > 1;
    const target = endsInId ? findResource(draft, field.words.slice(0, -1)) : undefined;
    if (target !== undefined) referTo(field, target.name);
    return;
  }
  withUnit(draft, field);
};

/** A field from a name and what is said about it. */
export const describeField = (
  draft: Draft,
  name: string,
  mark: string,
  rest: string,
  source: string,
  line: number,
): FieldLine | undefined => {
  const bracket = /^([^()[\]]+?)\s*[([]\s*(.*?)\s*[)\]]\s*$/.exec(name);
  const words = fieldNameWords(bracket?.[1] ?? name);
  if (words === undefined) return undefined;
  const field = newField(words, source, line);
  leadingFlags(draft, field, name);
  applyMark(field, mark);
  const said = bracket === null ? rest : `${bracket[2] ?? ''}, ${rest}`;
  const left = applyDescription(draft, field, shorthand(said.trim(), field));
  settleReference(draft, field);
  const description = left.filter((piece) => !/[`^]/.test(piece)).join('. ');
  field.description = withoutCode(description);
  return { field, left };
};

const isSentence = (text: string): boolean => {
  const words = text.split(/\s+/);
  const colon = text.indexOf(':');
  const head = colon > 0 ? text.slice(0, colon) : text;
  return (
    words.length > 3 &&
    /^[A-Z"]?\S*(?: \S+){0,8}? (?:cannot|can't|must|can|may|should|shall|will|is|are|has|have|goes|go|belongs?|needs?) /.test(
      head,
    ) &&
    SENTENCE_VERBS.test(head) &&
    !/[(:]/.test(text.split(SENTENCE_VERBS)[0] ?? '')
  );
};

/** The field that the line defines; undefined when it is no such line. */
export const readFieldLine = (draft: Draft, raw: string, line: number): FieldLine | undefined => {
  const text = plainInline(raw)
    .replace(/[.;]$/, '')
    .replace(/^(?:it )?(?:has|have|contains|with) (?:an? |the |its |one )?(?=[`\w])/i, '');
  if (text === '' || text.length > 700) return undefined;
  const belongs =
    /^(?:belongs to|references?|refers to|linked to|part of) (?:exactly |precisely )?(?:a|an|one|the|exactly one)? ?(.{1,40})$/i.exec(
      text,
    );
  if (belongs !== null) return belongsTo(draft, belongs[1] ?? '', text, line);
  if (isSentence(text)) return undefined;
  const halves = halvesOf(text);
  if (halves === undefined) return undefined;
  if (halves.rest === '' && / (?:of|with|for) (?:the|a) /.test(halves.name)) return undefined;
  return describeField(draft, halves.name, halves.mark, halves.rest, text, line);
};

const belongsTo = (draft: Draft, rest: string, source: string, line: number): FieldLine | undefined => {
  const [name = '', ...more] = rest.split(/\s*[(,–—]\s*/);
  const target = findResource(draft, wordsOf(name));
  if (target === undefined) return undefined;
  const field = newField(target.words, source, line);
  field.required = !/optional/.test(normalise(rest));
  referTo(field, target.name);
  const left = applyDescription(draft, field, more.join(' , '));
  return { field, left };
};

/** A field line without any doubt: a short name, something known said about it, and nothing left over. */
export const readClearField = (draft: Draft, text: string, line: number): FieldLine | undefined => {
  if (text.length > 160) return undefined;
  const found = readFieldLine(draft, text, line);
  if (found === undefined || found.left.length > 0 || found.field.words.length > 4) return undefined;
  const { type, required, values, unique, defaultText, reference } = found.field;
  const said = [type, required, values, unique, defaultText, reference].some((part) => part !== undefined);
  return said && /[:,(–-]\s*\S|^`/.test(text) ? found : undefined;
};
