/** Sentences about what may occur only once, and about periods that must not overlap. */

import type { Expression } from '../../app-model.ts';
import type { DraftField, DraftResource } from '../draft/draft.ts';
import { fieldOf, itemOf, recordOf } from '../draft/draft.ts';
import { allOf, binary, different, equal, exists, negate } from '../draft/expressions.ts';
import { withoutArticles } from '../lexicon/normal.ts';
import { findField, findResource, linkTo, referenceFields } from '../phrases/vocabulary.ts';
import { ongoing } from '../phrases/states.ts';
import { withoutPurpose } from './clauses.ts';
import type { Rules, Sentence } from './context.ts';
import { forbid, frameOf } from './context.ts';
import { readHappening } from './happenings.ts';
import { homes, readSubject } from './subjects.ts';

const addUnique = (resource: DraftResource, names: readonly string[]): true => {
  const [only] = names;
  const field = names.length === 1 ? resource.fields.find((candidate) => candidate.name === only) : undefined;
  if (field !== undefined) field.unique = true;
  else if (!resource.unique.some((set) => [...set].sort().join() === [...names].sort().join()))
    resource.unique.push([...names]);
  return true;
};

/** The fields that a list of names means: `room, date and start time`, `the same project`. */
const fieldsNamed = (resource: DraftResource, text: string): readonly string[] | undefined => {
  const parts = text.split(/ , and | and | , | plus | \+ /).map((part) =>
    withoutArticles(
      part
        .trim()
        .replace(/^(?:on|for|in|at|of|by|with|per) /, '')
        .replace(/^the same /, ''),
    ),
  );
  const names = parts.map((part) => nameOf(resource, part));
  return names.every((name) => name !== undefined) ? names.filter((name) => name !== undefined) : undefined;
};

const nameOf = (resource: DraftResource, text: string): string | undefined => {
  const words = text.split(' ');
  const reference = referenceFields(resource).find(
    (field) => field.words.join(' ') === words.join(' ') || findsSame(field, words),
  );
  return reference?.name ?? findField(resource, words)?.name;
};

const findsSame = (field: DraftField, words: readonly string[]): boolean =>
  field.reference?.resource === words.join('-');

const PER =
  /^(.+?) (?:must be|is|are|has to be|be) unique (?:per|within|for each|for every|in|inside|for|among|across|within each|within the|by) (?:all |the |each |every |a |an |one |same )*(.+)$/;
const TOGETHER =
  /^(?:the )?(?:combination of |pair of )?(.+?) (?:must be|is|are) unique(?: together| in combination| as a pair)?$/;
const NO_TWO =
  /^(?:no|there cannot be|there must be no) (?:two|2|other|more than one|several|duplicate) (.+?) (?:may |can |must |could |should |shall |with |that |which )?(?:have|share|be for|with|be on|belong to|has|carry|use|exist (?:for|with)|be)?(?: (?:a|an))? ?(?:the )?(?:same|identical) (.+)$/;
const CANNOT_SHARE = /^(.+?) cannot (?:have|share|use) the same (.+?)(?: twice)?$/;
const NO_TWO_OF =
  /^(?:no|there cannot be) (?:two|2|more than one) (.+?) (?:of|in|for|at) (?:the same |one |a |an )(.+?) (?:may |can )?(?:have|share|carry)? ?(?:the )?same (.+)$/;

const perScope = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match = PER.exec(text);
  if (match === null) return false;
  for (const home of homes(rules, sentence, match[1] ?? '')) {
    const field = rules.phrases.field(withoutArticles(match[1] ?? ''), frameOf(home));
    if (field === undefined || field.entity.path.length > 0) continue;
    if (
      /^(?:users|system|whole system|records|entries|others|customers)$/.test(match[2] ?? '') ||
      findResource(rules.draft, (match[2] ?? '').split(' '))?.name === field.entity.resource.name
    )
      return addUnique(field.entity.resource, [field.field.name]);
    const scope = fieldsNamed(field.entity.resource, match[2] ?? '');
    if (scope !== undefined) return addUnique(field.entity.resource, [field.field.name, ...scope]);
  }
  return false;
};

const combination = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match = TOGETHER.exec(text);
  if (match === null) return false;
  const joint = /^(?:the )?(?:combination|pair)/.test(text) || /together|combination|pair/.test(text);
  for (const home of homes(rules, sentence, match[1] ?? '')) {
    const names = fieldsNamed(
      home,
      (match[1] ?? '').replace(new RegExp(` of (?:an? |the |each )?${home.words.join(' ')}$`), ''),
    );
    if (names === undefined || names.length === 0) continue;
    if (joint) return addUnique(home, names);
    return names.map((name) => addUnique(home, [name])).every(Boolean);
  }
  return false;
};

const noTwo = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const scoped = NO_TWO_OF.exec(text);
  const match = scoped ?? NO_TWO.exec(text) ?? CANNOT_SHARE.exec(text);
  if (match === null) return false;
  const subject = readSubject(rules, sentence, (match[1] ?? '').replace(/^two /, ''));
  if (subject === undefined) return false;
  const names =
    fieldsNamed(subject.resource, scoped === null ? (match[2] ?? '') : `${match[2] ?? ''} and ${match[3] ?? ''}`) ??
    fieldsNamed(
      subject.resource,
      (match[2] ?? '').replace(/ (?:in|of|for|on|at|within) (?:the |a )?(?:same )?/g, ' and '),
    );
  return names !== undefined && addUnique(subject.resource, names);
};

const ONCE: readonly RegExp[] = [
  /^(.+?) (?:can|may|must) (?:only )?(?:be )?([a-z]+(?: (?:up|out|in))?) (?:in |for |on |to |a |an |the )*(?:the )?(?:same |each |every |any |one |given )?(.+?) (?:only once|once|just once|at most once|once only|one time|only one time|at most one time|exactly once)(?: per (.+)| (?:on|at|in) (?:the same |one |a |each )(.+))?$/,
  /^(.+?) cannot (?:be )?([a-z]+(?: (?:up|out|in))?) (?:in |for |on |to |a |an |the )*(?:the )?(?:same |each |every |any |one |given )?(.+?) (?:twice|more than once|two times|again|multiple times|repeatedly|a second time|several times)(?: per (.+)| (?:on|at|in) (?:the same |one |a )(.+))?$/,
  /^(.+?) cannot (?:be )?([a-z]+(?: (?:up|out|in))?) (?:twice|more than once|two times) (?:in|for|on|to|by|with) (?:the )?(?:same |each |every |any |one )?(.+?)$/,
  /^(.+?) (?:can|may|must) (?:only )?(?:be )?([a-z]+(?: (?:up|out|in))?) only once (?:per|for|in|on|by) (?:the )?(?:same |each |every |any |one |a )?(.+?)$/,
  /^(?:each|every|one) (.+?) (?:can|may) (have|leave|write|give|cast|submit) (?:only |at most )?(?:one|a single) .+? (?:per|for each|for every|for the same|on each) (.+)$/,
];

const once = (rules: Rules, sentence: Sentence, text: string): boolean => {
  for (const pattern of ONCE) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [, doerText = '', verb = '', objectText = '', per, on] = match;
    const object = readSubject(rules, sentence, objectText);
    const happening = object === undefined ? undefined : readHappening(rules.draft, object.resource, verb);
    const doer = readSubject(rules, sentence, doerText);
    const fallback = doer === undefined ? undefined : readHappening(rules.draft, doer.resource, verb);
    const created = [happening, fallback].flatMap((event) => (event?.on[0] === 'create' ? [event.resource] : []));
    for (const made of [...created, childOf(rules, doer?.resource, object?.resource)]) {
      if (made === undefined) continue;
      const anybody = /^(?:i|you|we|one|people|users?|anyone|somebody|it)$/.test(doerText);
      const texts = [
        ...(anybody ? [] : [doerText]),
        objectText,
        ...(per === undefined ? [] : [per]),
        ...(on === undefined ? [] : [on]),
      ];
      const known = texts.map((part) => nameOf(made, withoutArticles(part))).filter((name) => name !== undefined);
      if (known.length < texts.length || new Set(known).size < known.length || known.length < 2) continue;
      return addUnique(made, known);
    }
  }
  return false;
};

/** The only resource that refers to both. */
const childOf = (
  rules: Rules,
  first: DraftResource | undefined,
  second: DraftResource | undefined,
): DraftResource | undefined => {
  if (first === undefined || second === undefined) return undefined;
  const refers = (child: DraftResource, parent: DraftResource): boolean =>
    referenceFields(child).some((field) => field.reference?.resource === parent.name);
  const shared = rules.draft.resources.filter((child) => refers(child, first) && refers(child, second));
  return shared.length === 1 ? shared[0] : undefined;
};

const twoFor = (rules: Rules, sentence: Sentence, text: string): boolean => {
  const match =
    /^(.+?) (?:cannot have|cannot make|cannot place) (?:two|2|more than one|several|multiple) (.+?) (?:for|with|on|at|in) (?:the )?same (.+)$/.exec(
      text,
    ) ??
    /^(?:there (?:can|may|must) (?:only )?be )?(?:only |at most |exactly )?(?:one|a single) ()(.+?) (?:per|for each|for every|for any|for the same) (.+?)(?: is allowed| are allowed| allowed)?$/.exec(
      text,
    );
  if (match === null) return false;
  const subject = readSubject(rules, sentence, match[2] ?? '');
  if (subject === undefined || subject.text.split(' ').length > subject.resource.words.length) return false;
  const doer = match[1] === '' ? undefined : nameOf(subject.resource, withoutArticles(match[1] ?? ''));
  const names = fieldsNamed(subject.resource, (match[3] ?? '').replace(/ (?:on|at|in|for) (?:the )?same /g, ' and '));
  if (names === undefined || (match[1] !== '' && doer === undefined)) return false;
  return addUnique(subject.resource, [...(doer === undefined ? [] : [doer]), ...names]);
};

const START =
  /^(?:start|starts|begin|begins|from|check in|checkin|arrival|pickup|valid from|clock in|entry|pick up|rental|move in|since)$/;
const END =
  /^(?:end|ends|finish|finishes|until|to|till|check out|checkout|return|dropoff|drop off|valid until|departure|clock out|exit|due|till|move out)$/;

const moment = (resource: DraftResource, shape: RegExp): DraftField | undefined => {
  const times = resource.fields.filter((field) => field.type === 'date' || field.type === 'datetime');
  return times.find((field) =>
    shape.test(field.words.filter((word) => !/^(?:date|time|at|on|the|day|of|datetime)$/.test(word)).join(' ')),
  );
};

const OVERLAP =
  /\b(?:overlap(?:s|ping)?|double book(?:ed|ings?)?|doubly booked|booked twice|collide|conflict(?:s|ing)? in time|intersect|clash(?:es)?|overlapping)\b|\b(?:booked|reserved|rented|taken|used) (?:by two .+|twice)(?: for (?:the same|overlapping) .+)?$|same (?:time|period|time slot|hours?|dates?|days?)$/;

/** The last field wins as the thing that is occupied: the one the sentence names, or the only reference there is. */
const occupied = (rules: Rules, resource: DraftResource, text: string): readonly string[] => {
  const named = referenceFields(resource).filter((field) => {
    const target = rules.draft.resources.find((candidate) => candidate.name === field.reference?.resource);
    const words = [field.words.join(' '), target?.words.join(' ') ?? '', target?.pluralWords.join(' ') ?? ''];
    return words.some((word) => word !== '' && new RegExp(`\\b${word}\\b`).test(text));
  });
  const fields = named.length > 0 ? named : referenceFields(resource).slice(0, 1);
  const [first] = fields;
  return first === undefined ? [] : [first.name];
};

const overlap = (rules: Rules, sentence: Sentence, text: string): boolean => {
  if (!OVERLAP.test(text) || /\b(?:at most|only|more than) (?!two|one)\w+ (?!.*overlap)/.test(text)) return false;
  const named = rules.draft.resources.filter((resource) =>
    new RegExp(`\\b(?:${resource.words.join(' ')}|${resource.pluralWords.join(' ')})\\b`).test(text),
  );
  const about = sentence.about === undefined ? [] : [sentence.about];
  const children = named.flatMap((parent) =>
    rules.draft.resources.filter((child) => linkTo(rules.draft, recordOf(child), parent) !== undefined),
  );
  for (const resource of [...named, ...about, ...children]) {
    const [start, end] = [moment(resource, START), moment(resource, END)];
    if (start === undefined || end === undefined || start === end) continue;
    const [item, record] = [itemOf(resource), recordOf(resource)];
    const endOf = (of: typeof item): Expression => fieldOf(of, end.name);
    for (const field of [start, end]) field.needed = true;
    const inclusive =
      start.type === 'date' && !/night|check/.test(resource.fields.map((field) => field.words.join(' ')).join(' '));
    const before = inclusive ? '<=' : '<';
    const running = ongoing(item);
    const mine = ongoing(record);
    const ends = end.required === true || running === undefined || !JSON.stringify(running).includes(`"${end.name}"`);
    const meets: readonly Expression[] = [
      binary(before, fieldOf(item, start.name), endOf(record)),
      ends
        ? binary(before, fieldOf(record, start.name), endOf(item))
        : negate(binary(before, endOf(item), fieldOf(record, start.name))),
    ];
    const where = allOf([
      ...occupied(rules, resource, text).map((name) => equal(fieldOf(item, name), fieldOf(record, name))),
      different(fieldOf(item, 'id'), fieldOf(record, 'id')),
      ...meets,
      ...(running !== undefined && ends ? [running] : []),
    ]);
    const clash = exists(resource.name, where);
    return forbid(rules, sentence, {
      resource,
      on: ['create', 'update'],
      when: mine !== undefined && ends ? (allOf([mine, clash]) ?? clash) : clash,
      status: 409,
      field: start.name,
    });
  }
  return false;
};

/** `cancelled bookings do not block the room`: already so when overlaps leave finished records out. */
const blocksNot = (rules: Rules, text: string): boolean =>
  /^(?:cancell?ed|finished|completed|rejected|closed) .+ (?:do|does) not (?:block|count|occupy|matter|use up|take)\b|^(?:cancell?ed|rejected) .+ (?:are|is) (?:ignored|not counted)/.test(
    text,
  ) && rules.draft.resources.some((resource) => ongoing(recordOf(resource)) !== undefined);

/** Reads the sentence as one about uniqueness or overlap; false when it is neither or is not understood. */
export const readUniqueness = (rules: Rules, sentence: Sentence): boolean => {
  const text = withoutPurpose(sentence.text);
  const bare = withoutArticles(text);
  return (
    perScope(rules, sentence, text) ||
    combination(rules, sentence, text) ||
    overlap(rules, sentence, text) ||
    noTwo(rules, sentence, text) ||
    once(rules, sentence, bare) ||
    twoFor(rules, sentence, text) ||
    twoFor(rules, sentence, bare) ||
    blocksNot(rules, text)
  );
};
