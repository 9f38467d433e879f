/**
 * Reads all statements into the draft. A sentence may depend on what a later one declares ("overdue loans"), so what
 * is not understood at first is tried again after the others, and judged only at the end.
 */

import type { Misunderstanding } from '../app-model.ts';
import { plainInline } from './blocks/inline.ts';
import type { Draft } from './draft/draft.ts';
import { applyEndpoint, endpointReason } from './endpoints/endpoints.ts';
import { mentionedEndpoints, readEndpointLine } from './endpoints/lines.ts';
import { LONGEST_SENTENCE, normalise } from './lexicon/normal.ts';
import { phraseReader } from './phrases/reader.ts';
import type { Rules, Sentence } from './rules/context.ts';
import { readDefinition } from './rules/definitions.ts';
import { readDuration } from './rules/durations.ts';
import { readEffect } from './rules/effects.ts';
import { readLimit } from './rules/limits.ts';
import { readListing } from './rules/listing.ts';
import { readOnly, readPermission } from './rules/permissions.ts';
import { readProhibition } from './rules/prohibitions.ts';
import { readRequirement } from './rules/requirements.ts';
import { readTransition } from './rules/transitions.ts';
import { readUniqueness } from './rules/uniqueness.ts';
import type { Statement } from './sections/statements.ts';
import { beyondReach, isFulfilledStory, isMetAnyway, isRequirement } from './sections/verdicts.ts';

/** Refusals that are reported at most; whoever reads them mends the first ones anyway. */
const MOST_MISUNDERSTANDINGS = 40;
const ROUNDS = 3;

type ReadSentence = (rules: Rules, sentence: Sentence) => boolean;

const READERS: readonly ReadSentence[] = [
  readUniqueness,
  readDuration,
  readLimit,
  readOnly,
  readTransition,
  readDefinition,
  readEffect,
  readProhibition,
  readRequirement,
  readPermission,
];

export const newRules = (draft: Draft): Rules => ({ draft, phrases: phraseReader(draft), moves: [], chains: [] });

const readOne = (rules: Rules, sentence: Sentence): boolean => {
  rules.phrases.refresh();
  return READERS.some((read) => read(rules, sentence));
};

/** `BR-1:` and the like before a rule. */
const NUMBERED = /^(?:br|r|fr|req|rule|nfr|us|c|f|constraint|requirement|invariant)[ -]?\d+(?:[.-]\d+)* ?[:.)-]? ?/;
const LABEL =
  /^(?:(?:rule|r|br|req|fr|nfr|us|constraint|note|example|important|invariant|c|f|requirement)[ -]?\d*|[a-z][a-z ]{0,40}?) ?: (.+)$/;
const CONNECTIVES =
  /^(?:and|but|so|or|in addition|in that case|then|this means(?: that)?|that means|i e|note|also|, |rule|it holds that|remember that|of course|we want that|the rule is(?: that)?|if so|thus|hence|as a rule|in particular|finally|first|second|third|next|on top of that|besides|naturally|by the way|for obvious reasons|sadly|obviously|clearly|and of course|please make sure|the system (?:must|should) (?:ensure|check|make sure|verify|guarantee|enforce)(?: that)?|it must be (?:ensured|guaranteed|checked) that|we must (?:ensure|make sure)(?: that)?|(?:the )?(?:system|app|application|service) must(?: be able to)? (?:reject|refuse|prevent)(?: that)?) ,? ?/;

const JOINTS: readonly RegExp[] = [
  / ?; ?/g,
  / (?:, )?but (?:also )?/g,
  / ?: /g,
  / - /g,
  / , and (?:also )?/g,
  / , /g,
  / and /g,
];

const subjectOf = (text: string): string | undefined =>
  /^((?:an? |the |each |every |all |only )?[a-z]+(?: [a-z]+){0,3}?) (?:can|cannot|must|may|is|are|has|have|never|shall) /.exec(
    text,
  )?.[1];

/** Tries the sentence whole, without its label, and then as clauses that each must be understood. */
const readText = (rules: Rules, sentence: Sentence, depth = 0): boolean => {
  const text = sentence.text
    .replace(NUMBERED, '')
    .replace(CONNECTIVES, '')
    .replace(/\bnothing (?:about|of|in|on) (.{1,40}?) (?:can|may) be /, '$1 cannot be ')
    .trim();
  const whole = { ...sentence, text };
  if (text === '' || text.length > LONGEST_SENTENCE || readOne(rules, whole)) return text.length <= LONGEST_SENTENCE;
  if (depth > 2) return false;
  const bracketed = / \( ([^()]*) \)/.exec(text);
  if (bracketed !== null) {
    const outer = text.replace(bracketed[0], '');
    if (readText(rules, { ...sentence, text: outer }, depth + 1) && isAside(bracketed[1] ?? '')) return true;
  }
  const except = /^(.+?) (can|may) (be .+?) ?,? but (?:not|never) (?!be )(.+)$/.exec(text);
  if (except !== null) {
    const [, subject = '', , predicate = '', rest = ''] = except;
    if (
      readText(rules, { ...sentence, text: `${subject} can ${predicate}` }, depth + 1) &&
      readText(rules, { ...sentence, text: `${subject} cannot ${predicate} ${rest}` }, depth + 1)
    )
      return true;
  }
  const label = LABEL.exec(text);
  if (label !== null && readText(rules, { ...sentence, text: label[1] ?? '' }, depth + 1)) return true;
  for (const joint of JOINTS) {
    for (const match of text.matchAll(joint)) {
      const left = text.slice(0, match.index).trim();
      const right = text.slice(match.index + match[0].length).trim();
      if (left === '' || right === '' || left.split(' ').length < 3 || right.split(' ').length < 2) continue;
      if (!canStand(left) || !readText(rules, { ...sentence, text: left }, depth + 2)) continue;
      const subject = subjectOf(left);
      if (readText(rules, { ...sentence, text: right }, depth + 2)) return true;
      const follows = consequence(left, right);
      if (follows !== undefined && readText(rules, { ...sentence, text: follows }, depth + 2)) return true;
      if (
        subject !== undefined &&
        readText(rules, { ...sentence, text: `${subject.replace(/^only /, '')} ${right}` }, depth + 2)
      )
        return true;
    }
  }
  return false;
};

/** `a done task can be reopened` and `this clears completed at`: what the second says happens when the first does. */
const consequence = (left: string, right: string): string | undefined => {
  const event = /^(?:only )?(.+?) (?:can|may|must) (?:only |then )?be ([a-z]+(?: (?:in|out|up|off))?)\b/.exec(left);
  const effect =
    /^(?:this|that|it|which|doing so|then|in which case|and)(?: then)? (?:also )?(?:it |the )?([a-z]+ .+)$/.exec(right);
  return event === null || effect === null
    ? undefined
    : `when ${event[1] ?? ''} is ${event[2] ?? ''} , it ${effect[1] ?? ''}`;
};

const isAside = (text: string): boolean => !/\b(?:must|cannot|never|only|unless)\b/.test(text);
const canStand = (text: string): boolean =>
  /\b(?:can|cannot|must|may|is|are|has|have|sets?|=|never|goes|defaults?|only|clears?|increases|decreases|reduces|deletes|no)\b/.test(
    text,
  );

const readEndpoints = (rules: Rules, statement: Statement): boolean | undefined => {
  const raw = statement.reading ?? statement.text;
  const sentence: Sentence = { source: statement.text, text: normalise(raw), about: statement.about };
  const line = readEndpointLine(raw);
  const mentioned = mentionedEndpoints(raw);
  if (line !== undefined && mentioned.length < 2) return applyEndpoint(rules, sentence, line);
  if (mentioned.length === 0) return undefined;
  return mentioned.every((endpoint) => applyEndpoint(rules, sentence, endpoint));
};

const LISTING_FIRST =
  /\b(?:paginat\w*|per page|page size|filter\w*|searchable|sortable|sorted|sort by|search(?:ed|es)?|searching|newest first|oldest first|web ?pages?|html|user interface|page)\b/;

const understands = (rules: Rules, statement: Statement): boolean => {
  rules.phrases.refresh();
  const served = readEndpoints(rules, statement);
  if (served !== undefined) return served;
  const text = normalise(statement.reading ?? plainInline(statement.text));
  const sentence: Sentence = { source: statement.text, text, about: statement.about };
  const isListing = statement.section === 'lists' || statement.section === 'pages' || LISTING_FIRST.test(text);
  if (isListing && readListing(rules, sentence)) return true;
  if (statement.section === 'prose' && !/\b(?:cannot|must|only|never|at most)\b/.test(text)) return false;
  return readText(rules, sentence);
};

/** Endpoints that change something come first, because rules speak of them by name; definitions come next. */
const rank = (statement: Statement): number => {
  const line = readEndpointLine(statement.reading ?? statement.text);
  if (line !== undefined) return line.method === 'GET' ? 4 : 0;
  const text = normalise(statement.reading ?? statement.text);
  if (/^(?:new |a new |an? [a-z]+ starts )|\bdefaults? to\b| -> /.test(text)) return 1;
  if (
    /^(?:an? |the )?[a-z]+ (?:is|needs|counts as) [a-z ]+ (?:when|if|while|as long as) /.test(text) ||
    /(?:sum|number|average|total) of| times | = /.test(text)
  )
    return /\b(?:cannot|must|at most)\b/.test(text) ? 3 : 2;
  return /^(?:when|[a-z]+ing) | can be [a-z]+ed$/.test(text) ? 2.5 : 3;
};

const reasonFor = (draft: Draft, rules: Rules, statement: Statement): string | undefined => {
  const line =
    readEndpointLine(statement.reading ?? statement.text) ?? mentionedEndpoints(statement.reading ?? statement.text)[0];
  if (line !== undefined && statement.section !== 'skipped') return endpointReason(rules, line);
  if (statement.section === 'skipped') return undefined;
  const beyond = beyondReach(draft, statement);
  if (beyond !== undefined)
    return `The offline engineer cannot build this: it asks for ${beyond}. Take it out of the specification or name it under "Out of scope", or use a model that can.`;
  if (isFulfilledStory(draft, statement) || !isRequirement(draft, statement) || isMetAnyway(statement))
    return undefined;
  const names = draft.resources.map((resource) => resource.words.join(' ')).join(', ');
  return `The sentence demands something that could not be expressed with the known resources (${names}) and their fields. Name the resource and its fields as they are declared, for example "A <resource> cannot be <changed, deleted, …> while <field> is <value>".`;
};

/** Reads the statements and answers those that demand something and were not understood. */
export const interpretStatements = (
  draft: Draft,
  rules: Rules,
  statements: readonly Statement[],
): readonly Misunderstanding[] => {
  const relevant = statements.filter((statement) => statement.section !== 'skipped');
  let waiting: readonly Statement[] = [...relevant]
    .map((statement) => ({ statement, order: rank(statement) }))
    .sort((left, right) => left.order - right.order)
    .map(({ statement }) => statement);
  for (let round = 0; round < ROUNDS && waiting.length > 0; round += 1) {
    const before = waiting.length;
    waiting = waiting.filter(
      (statement) => beyondReach(draft, statement) !== undefined || !understands(rules, statement),
    );
    if (waiting.length === before && round > 0) break;
  }
  const refused: Misunderstanding[] = [];
  for (const statement of [...waiting].sort((left, right) => left.line - right.line)) {
    const reason = reasonFor(draft, rules, statement);
    if (reason !== undefined && refused.length < MOST_MISUNDERSTANDINGS)
      refused.push({ sentence: statement.text, line: statement.line, reason });
  }
  return refused;
};
