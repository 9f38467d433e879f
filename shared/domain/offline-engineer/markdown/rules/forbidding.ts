/** The sentence shapes that forbid, each brought to a subject and a predicate. */

import { isChanging, isCreating, isDeleting } from './happenings.ts';

const NO_SUBJECT =
  /^(?:no|none of the|no new|no other) (.+?) (?:can|may|must|could|should|shall|is allowed to|is|are) (.+)$/;

const NOMINAL =
  /^(.+?) (?:is|are) (?:not allowed|not permitted|not possible|forbidden|prohibited|impossible|disallowed|refused|rejected|not accepted|denied|blocked|prevented|not offered|not supported|an error|a conflict)(?: (.+))?$/;

const COMMAND =
  /^(?:do not|never|we do not|one cannot|you cannot|the system (?:must )?(?:prevents?|rejects?|refuses?|blocks?|forbids?)|prevent|reject|refuse|disallow|block|forbid|it is impossible to|it is forbidden to|it is not allowed to|it is impossible for \w+ to|do not allow|do not let|never allow|there must be no|no) (?:allow )?(?:(?:anyone|anybody|users?|people|somebody|someone|to|the) )*(.+)$/;

/** Subject and predicate of a sentence that forbids, however it is put. */
export const forbidding = (text: string): readonly (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  const cannot = /^(.+?) cannot (.+)$/.exec(text);
  if (cannot !== null) found.push([cannot[1] ?? '', cannot[2] ?? '']);
  const none = NO_SUBJECT.exec(text);
  if (none !== null) found.push([none[1] ?? '', none[2] ?? '']);
  const nobody = /^(?:nobody|no one|no user|no \w+) (?:can|may|must|is allowed to) (.+)$/.exec(text);
  if (nobody !== null) found.push(['nobody', nobody[1] ?? '']);
  const never = /^(.+?) (?:is|are) never (.+)$/.exec(text);
  if (never !== null) found.push([never[1] ?? '', `be ${never[2] ?? ''}`]);
  const neverDoes = /^(.+?) never (changes?|exceeds?|overlaps?)(.*)$/.exec(text);
  if (neverDoes !== null)
    found.push([neverDoes[1] ?? '', `${(neverDoes[2] ?? '').replace(/s$/, '')}${neverDoes[3] ?? ''}`]);
  const bound =
    /^(.+?) never (above|below|over|under|more|less|in|before|after|negative|greater|smaller|empty)(.*)$/.exec(text);
  if (bound !== null) found.push([bound[1] ?? '', `be ${bound[2] ?? ''}${bound[3] ?? ''}`]);
  const bare = /^(.+?) not (in the (?:past|future)|negative|empty|before .+|after .+|above .+|below .+)$/.exec(text);
  if (bare !== null) found.push([bare[1] ?? '', `be ${bare[2] ?? ''}`]);
  const neither = /^(.+?) (?:can|may) neither be (.+?) nor (.+)$/.exec(text);
  if (neither !== null) found.push([neither[1] ?? '', `be ${neither[2] ?? ''} or ${neither[3] ?? ''}`]);
  const fixed =
    /^(.+?) (?:is|are|becomes?|stays?|remains?) (?:immutable|read only|frozen|final|locked|fixed|unchangeable)(.*)$/.exec(
      text,
    );
  if (fixed !== null) found.push([fixed[1] ?? '', `be changed${fixed[2] ?? ''}`]);
  const notBe = /^(.+?) (?:is|are|must be) not (.+)$/.exec(text);
  if (notBe !== null) found.push([notBe[1] ?? '', `be ${notBe[2] ?? ''}`]);
  return [...found, ...nominal(text)];
};

const gerund = (text: string): readonly (readonly [string, string])[] => {
  const match = /^([a-z]+(?:ing|ion|al|ment))(?: of)? (.+)$/.exec(text);
  if (match === null) return [];
  const verb = match[1] ?? '';
  return [['nobody', `${verb} ${match[2] ?? ''}`]];
};

const nominal = (text: string): readonly (readonly [string, string])[] => {
  const match = NOMINAL.exec(text);
  const [subject, rest] = [match?.[1] ?? '', match?.[2] ?? ''];
  const named: readonly (readonly [string, string])[] =
    match === null || subject === 'it'
      ? []
      : [...gerund(`${subject} ${rest}`.trim()), [subject, `be created ${rest}`.trim()]];
  return [...named, ...commanded(text)];
};

const commanded = (text: string): readonly (readonly [string, string])[] => {
  const command = COMMAND.exec(text)?.[1];
  if (command === undefined) return [];
  const [verb = ''] = command.split(' ');
  const infinitive = /^(.+?) to (be .+|[a-z]+ .+)$/.exec(command);
  const found: (readonly [string, string])[] = infinitive === null ? [] : [[infinitive[1] ?? '', infinitive[2] ?? '']];
  found.push(...gerund(command));
  if (
    isDeleting(verb) ||
    isChanging(verb) ||
    isCreating(verb) ||
    text.slice(0, text.length - command.length).endsWith('to ')
  )
    found.push(['nobody', command]);
  return found;
};
