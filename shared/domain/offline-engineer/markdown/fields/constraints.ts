/**
 * Reads what is said about one field, piece by piece: its type, whether it is required or unique, its default, its
 * limits, what it refers to. A piece that is not understood is handed back; its owner decides whether it is a mere
 * description or a requirement.
 */

import type { Draft, DraftField } from '../draft/draft.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise, withoutArticles } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import { applyBounds } from './bounds.ts';
import { readEnum } from './enums.ts';
import { segmentsOf } from './segments.ts';
import { readType } from './types.ts';

const REQUIRED =
  /^(?:is |are |must be |always )?(?:required|mandatory|obligatory|compulsory|not ?null|not nullable|must be (?:given|present|set|provided|filled in)|not empty|non ?empty|cannot be (?:empty|blank|null|missing)|needed|not optional|must|must have|must exist|must be set|is a must|never empty)$/;
const OPTIONAL =
  /^(?:is |are |may be )?(?:optional(?:ly)?|nullable|not required|not mandatory|can be (?:empty|blank|null|left out|omitted|missing)|may be (?:empty|missing|blank|left out|left empty|omitted)|empty|if any|if known|can be null|or null|null|none|not needed|empty at first|initially empty|if available|need not be given|empty by default|when known)$/;
const UNIQUE =
  /^(?:is |are |must be |be |globally |always |case insensitive |which must be )?(?:unique(?: key| value| across .*| among .*| in the system| within the system| overall| index| identifier| per system)?|no duplicates|distinct|no two \w+ (?:share|have) .*|not used twice|unambiguous|one of a kind)$/;
const READ_ONLY =
  /^(?:is )?(?:read ?only|system(?: managed| generated)?|generated(?: by the (?:system|server))?|auto(?:matic(?:ally)?)?(?: set| generated| filled)?|set by the (?:system|server|app|application|service)|set|created|assigned by the (?:system|server)|server side|maintained by the (?:system|server)|cannot be set by (?:the )?(?:client|user)s?|filled in by the (?:system|server)|managed by the (?:system|server)|internal)$/;
const AUTO_NOW =
  /^(?:is )?(?:set|filled|recorded|created|generated|stamped)(?: in)?(?: to| with| at| by)? (?:the )?(?:current (?:time|date(?: and time)?|moment|timestamp|day)|now|today|time of creation|moment of creation|creation(?: time)?)$/;
const IMMUTABLE =
  /^(?:is )?(?:immutable|cannot (?:be )?changed?(?: later| after(?:wards| creation| it was created| being created)?| once .*)?|never changes?.*|fixed(?: after creation| once .*)?|write once|set once|set on creation only|unchangeable|final|not changeable|not editable|cannot be (?:edited|modified|updated)(?: later| after(?:wards| creation)?)?|constant|set only on creation|only settable on creation)$/;
const CASCADE =
  /^(?:on ?delete )?cascades?(?: on delete| delete| deletes)?$|^deleted (?:together )?with (?:it|the .*|its .*)$/;
const SET_NULL = /^(?:on ?delete )?set (?:to )?null(?: on delete)?$/;
const RESTRICT = /^(?:on ?delete )?restrict(?:ed)?(?: on delete)?$/;
const REFERENCE =
  /^(?:is |as )?(?:a |an |the )?(?:mandatory |required |optional )?(?:references?(?: to)?|refers to|ref(?: to)?|link(?:s|ed)?(?: to)?|points to|pointer to|foreign key(?: to| of| ->)?|fk(?: to| ->)?|belongs to|relation(?:ship)? (?:to|with)|id of|the id of|identifier of|->|connected to|associated with|one of the|existing|an existing|many to one(?: with| to)?|must reference|must refer to|must be|key of|is|of|to)(?: :)? (.+)$/;
const COMPUTED =
  /^(?:is )?(?:computed|calculated|derived|auto calculated)(?: as| from| by| automatically| :|:|=| field)*(?: (.+))?$/;
const DEFAULT =
  /^(?:is |which |and )?(?:(?:the )?default(?:s)?(?: value)?(?: is| to| of| =| :|:|=)*|(?:it )?defaults? to|default ?=|initially|initial(?: value)?(?: is| :|:|=)*|starts? (?:at|as|with|out as)|is (?:by default|initially)|by default(?: is| set to)?|normally|preset(?: to)?|begins? (?:at|as|with)) (.+)$/;
const TRAILING_DEFAULT =
  /^(.+?)(?: is)? (?:by default|initially|at first|at the start|in the beginning|unless (?:said|stated|specified|given|set)(?: otherwise)?|unless otherwise (?:said|stated|specified|given)|is (?:the )?default|if (?:not (?:given|specified|set)|nothing is given|omitted|left out)|as (?:the )?default|\( default \)|default)$/;

const flag = (field: DraftField, text: string): boolean => {
  if (REQUIRED.test(text)) field.required = true;
  else if (OPTIONAL.test(text)) field.required = false;
  else if (UNIQUE.test(text)) field.unique = true;
  else if (IMMUTABLE.test(text)) field.immutable = true;
  else if (AUTO_NOW.test(text)) {
    field.readOnly = true;
    field.defaultText ??= /date|day|today/.test(text) && !/time/.test(text) ? 'today' : 'now';
  } else if (READ_ONLY.test(text)) field.readOnly = true;
  else if (CASCADE.test(text)) onDelete(field, 'cascade');
  else if (SET_NULL.test(text)) onDelete(field, 'set_null');
  else if (RESTRICT.test(text)) onDelete(field, 'restrict');
  else if (
    /^(?:enum|enumeration|choice|select|primary key|pk|auto ?increment|indexed|index|sortable|searchable|filterable|trimmed|free form|free|plain|short|stored in utc|utc|iso 8601|utf 8|case insensitive|in days|in minutes|in hours|in eur|in euros?|in usd|in dollars|in cents|in kg|in km|in cm|in percent|seconds|minutes|hours|days|weeks|months|kg|km|cm|eur|euros?|usd|dollars|percent|reference|ref|foreign key|fk|link|relation|two decimals|2 decimals|2 decimal places|two decimal places|with two decimals|any|single|a value|value)$/.test(
      text,
    )
  )
    return true;
  else return false;
  return true;
};

const onDelete = (field: DraftField, action: 'restrict' | 'cascade' | 'set_null'): void => {
  field.reference = { resource: field.reference?.resource ?? '', onDelete: action };
};

/** Makes the field a reference; its name ends in `Id`, its words do not. */
export const referTo = (field: DraftField, resource: string): void => {
  field.reference = { resource, onDelete: field.reference?.onDelete ?? 'restrict' };
  field.type = 'reference';
  if (field.words.at(-1) === 'id' && field.words.length > 1) field.words = field.words.slice(0, -1);
  if (!field.name.endsWith('Id')) field.name = `${field.name}Id`;
};

const reference = (draft: Draft, field: DraftField, text: string): boolean => {
  const named = REFERENCE.exec(text)?.[1] ?? text;
  const bare = withoutArticles(named.replace(/^-> ?/, ''))
    .replace(/ (?:id|record|reference|entity|resource|identifier|object|table|\( ?id ?\))$/, '')
    .replace(/ \. id$/, '');
  const resource = findResource(draft, wordsOf(bare));
  if (resource === undefined || wordsOf(bare).length > 3) return false;
  referTo(field, resource.name);
  return true;
};

const MODIFIERS =
  /^(required|mandatory|optional|unique|nullable|non empty|nonempty|immutable|read only|readonly|computed|calculated|positive|non negative|nonnegative|indexed|short|valid|case insensitive|free|simple|plain|single|natural|globally unique|not null) +(?=\S)/;

const typed = (draft: Draft, field: DraftField, text: string): boolean => {
  const type = readType(text);
  if (type === undefined) return false;
  const rest = type.rest
    .replace(/^[?!]/, '')
    .replace(/^(?:field|value|column|type|number|address|only)(?= |$)/, '')
    .trim();
  const before = field.type;
  field.type ??= type.type;
  if (rest === '') return true;
  if (applyPiece(draft, field, rest.replace(/^(?:with|of|that is|which is|,|and) /, ''))) return true;
  if (field.type === type.type && before === undefined) delete field.type;
  return false;
};

/** Applies one piece of what is said about the field; false when the piece is not understood. */
export const applyPiece = (draft: Draft, field: DraftField, text: string): boolean => {
  const piece = text
    .replace(
      /^(?:and|but|it is|it|which is|that is|which|also|is a|is an|must be a|must be an|a|an|the|type :|type|of type) (?=\S)/,
      '',
    )
    .trim();
  if (piece === '' || flag(field, piece)) return true;
  if (piece !== text && flag(field, text)) return true;
  const modifier = MODIFIERS.exec(piece);
  if (modifier !== null) {
    const rest = piece.slice(modifier[0].length);
    const probe: DraftField = { ...field };
    if (applyPiece(draft, probe, modifier[1] ?? '') && applyPiece(draft, probe, rest)) {
      Object.assign(field, probe);
      return true;
    }
  }
  const trailing = /^(.+) (required|optional|unique|mandatory|immutable|nullable)$/.exec(piece);
  if (trailing !== null) {
    const probe: DraftField = { ...field };
    if (applyPiece(draft, probe, trailing[2] ?? '') && applyPiece(draft, probe, trailing[1] ?? '')) {
      Object.assign(field, probe);
      return true;
    }
  }
  return meaning(draft, field, piece, text);
};

const meaning = (draft: Draft, field: DraftField, piece: string, whole: string): boolean => {
  const given = DEFAULT.exec(piece)?.[1] ?? DEFAULT.exec(whole)?.[1] ?? TRAILING_DEFAULT.exec(piece)?.[1];
  if (given !== undefined) {
    field.defaultText ??= given;
    return true;
  }
  const computed = COMPUTED.exec(piece);
  if (computed !== null) {
    field.readOnly = true;
    if (computed[1] !== undefined) field.computedText ??= computed[1];
    return true;
  }
  if (applyBounds(field, piece, isTextual(field))) return true;
  if (reference(draft, field, piece) || typed(draft, field, piece)) return true;
  const values = readEnum(piece);
  if (values !== undefined && field.values === undefined) {
    field.values = values;
    field.type = 'enum';
    return true;
  }
  return false;
};

const isTextual = (field: DraftField): boolean =>
  field.type === 'string' || field.type === 'text' || field.type === 'email' || field.type === 'url';

/** Applies all that is said about the field and answers the pieces that were not understood, as written. */
export const applyDescription = (draft: Draft, field: DraftField, description: string): readonly string[] => {
  const left: string[] = [];
  for (const segment of segmentsOf(field, description)) {
    const text = normalise(segment);
    if (text === '' || applyPiece(draft, field, text)) continue;
    const halves = text.split(/ (?:and|but) /);
    const probe: DraftField = { ...field };
    if (halves.length > 1 && halves.length < 5 && halves.every((half) => applyPiece(draft, probe, half))) {
      Object.assign(field, probe);
      continue;
    }
    left.push(segment.trim());
  }
  return left;
};
