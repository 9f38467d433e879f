/**
 * Reads all statements into the draft. A sentence may depend on what a later one declares ("overdue loans"), so what
 * is not understood at first is tried again after the others, and judged only at the end.
 */

import type { Misunderstanding } from '../app-model.ts';
import { plainInline } from './blocks/inline.ts';
import { attempt } from './draft/checkpoint.ts';
import type { Draft } from './draft/draft.ts';
import { applyEndpoint, endpointReason } from './endpoints/endpoints.ts';
import type { EndpointLine } from './endpoints/lines.ts';
import { mentionedEndpoints, readEndpointLine } from './endpoints/lines.ts';
import type { Rider } from './endpoints/riders.ts';
import { ridersOf } from './endpoints/riders.ts';
import { LONGEST_SENTENCE, normalise } from './lexicon/normal.ts';
import { phraseReader } from './phrases/reader.ts';
import { readAccess } from './rules/access.ts';
import { bareSentence, clausesOf } from './rules/compound.ts';
import type { Rules, Sentence } from './rules/context.ts';
import { readDefinition } from './rules/definitions.ts';
import { readDuration } from './rules/durations.ts';
import { readEffect } from './rules/effects.ts';
import { readLimit } from './rules/limits.ts';
import { readListing } from './rules/listing.ts';
import { readOnly, readPermission } from './rules/permissions.ts';
import { readProhibition } from './rules/prohibitions.ts';
import { readRecords, refusedFeed } from './rules/records.ts';
import { readRepetition } from './rules/repetition.ts';
import { readRequirement } from './rules/requirements.ts';
import { homes } from './rules/subjects.ts';
import { readTransition } from './rules/transitions.ts';
import { readUniqueness } from './rules/uniqueness.ts';
import type { Statement } from './sections/statements.ts';
import { beyondReach, isDeclined, isFulfilledStory, isMetAnyway, isRequirement } from './sections/verdicts.ts';

/** Refusals that are reported at most; whoever reads them mends the first ones anyway. */
const MOST_MISUNDERSTANDINGS = 40;
const ROUNDS = 3;

type ReadSentence = (rules: Rules, sentence: Sentence) => boolean;

const READERS: readonly ReadSentence[] = [
  readRepetition,
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
  return READERS.some((read) => attempt(rules, () => read(rules, sentence)));
};

/** Clauses of clauses are taken apart once more, and no further. */
const DEEPEST_CLAUSE = 2;

/** Tries the sentence whole, then as clauses that each must be understood. */
const readText = (rules: Rules, sentence: Sentence, depth = 0): boolean => {
  const text = bareSentence(sentence.text);
  if (text === '' || readOne(rules, { ...sentence, text })) return true;
  if (depth >= DEEPEST_CLAUSE) return false;
  return clausesOf(text).some((clauses) =>
    attempt(rules, () =>
      clauses.every((clause, index) => {
        const about = sentence.about ?? (index === 0 ? undefined : homes(rules, sentence, clauses[0] ?? '')[0]);
        return readText(rules, { ...sentence, text: clause, about }, depth + clauses.length);
      }),
    ),
  );
};

/** The endpoints that the statement is about: the one that it begins with, or all that it mentions. */
const endpointsOf = (statement: Statement): readonly EndpointLine[] => {
  const raw = statement.reading ?? statement.text;
  const line = readEndpointLine(raw);
  const mentioned = mentionedEndpoints(raw);
  return line !== undefined && mentioned.length < 2 ? [line] : mentioned;
};

/** What the statement demands besides its endpoints. With several only what says itself what it is about belongs to one. */
const ridersOfStatement = (rules: Rules, statement: Statement): readonly Rider[] => {
  const [line, ...others] = endpointsOf(statement);
  if (line === undefined) return [];
  const riders = ridersOf(rules, line);
  return others.length === 0 ? riders : riders.filter(({ isWhole }) => isWhole);
};

const readRider = (rules: Rules, statement: Statement, { resource, readings, said }: Rider): boolean =>
  readings.some((text) =>
    attempt(rules, () =>
      readText(rules, {
        source: statement.text,
        text,
        about: resource,
        message: sentenceCase((readings[0] ?? said).replaceAll(/ (?=[,;)])|(?<=\() /g, '')),
      }),
    ),
  );

const readEndpoints = (rules: Rules, statement: Statement): boolean | undefined => {
  const raw = statement.reading ?? statement.text;
  const sentence: Sentence = { source: statement.text, text: normalise(raw), about: statement.about };
  const endpoints = endpointsOf(statement);
  if (endpoints.length === 0) return undefined;
  if (!endpoints.every((endpoint) => applyEndpoint(rules, sentence, endpoint))) return false;
  return ridersOfStatement(rules, statement).every((rider) => readRider(rules, statement, rider));
};

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const LISTING_FIRST =
  /\b(?:paginat\w*|per page|page size|filter\w*|searchable|sortable|sorted|sort by|search(?:ed|es)?|searching|newest first|oldest first|web ?pages?|html|user interface|page|offset|limit parameter)\b/;

const understands = (rules: Rules, statement: Statement): boolean => {
  if ((statement.reading ?? statement.text).length > LONGEST_SENTENCE) return false;
  rules.phrases.refresh();
  const served = readEndpoints(rules, statement);
  if (served !== undefined) return served;
  const text = normalise(statement.reading ?? plainInline(statement.text));
  const message = statement.reading?.startsWith('the ') === true ? sentenceCase(statement.reading) : undefined;
  const sentence: Sentence = {
    source: statement.text,
    text,
    about: statement.about,
    ...(message === undefined ? {} : { message }),
  };
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
  if (line !== undefined && statement.section !== 'skipped') {
    const unread = ridersOfStatement(rules, statement).find((rider) => !readRider(rules, statement, rider));
    return unread === undefined
      ? endpointReason(rules, line)
      : `The endpoint is understood, but not what is said of it: "${unread.said}". Say it as a sentence of its own, for example "A ${unread.resource.words.join(' ')} cannot be <changed, deleted, …> while <field> is <value>".`;
  }
  if (statement.section === 'skipped') return undefined;
  if (isDeclined(statement)) return undefined;
  const beyond = beyondReach(draft, statement);
  if (beyond !== undefined)
    return `The offline engineer cannot build this: it asks for ${beyond}. Take it out of the specification or name it under "Out of scope", or use a model that can.`;
  if (isFulfilledStory(draft, statement) || !isRequirement(draft, statement) || isMetAnyway(statement))
    return undefined;
  const names = draft.resources.map((resource) => resource.words.join(' ')).join(', ');
  return `The sentence demands something that could not be expressed with the known resources (${names}) and their fields. Name the resource and its fields as they are declared, for example "A <resource> cannot be <changed, deleted, …> while <field> is <value>".`;
};

/** An item of a list that is a whole sentence and promises something that every application has anyway does not count. */
const isUnheard = (draft: Draft, statement: Statement): boolean =>
  statement.listed &&
  statement.section !== 'technical' &&
  /^[^:]+ [^:]+ [^:]+\.$/.test(statement.text.trim()) &&
  !isDeclined(statement) &&
  !isFulfilledStory(draft, statement) &&
  !isMetAnyway(statement);

/**
 * Reads the statements. `refused`: those that demand something and were not understood. `unheard`: items of lists that
 * were taken for mere description, so that nothing was built for them.
 */
export const interpretStatements = (
  draft: Draft,
  rules: Rules,
  statements: readonly Statement[],
): { readonly refused: readonly Misunderstanding[]; readonly unheard: readonly string[] } => {
  const relevant = statements.filter((statement) => statement.section !== 'skipped');
  let waiting: readonly Statement[] = [...relevant]
    .map((statement) => ({ statement, order: rank(statement) }))
    .sort((left, right) => left.order - right.order)
    .map(({ statement }) => statement)
    .filter((statement) => !readAccess(draft, statement) && !readRecords(draft, statement));
  for (let round = 0; round < ROUNDS && waiting.length > 0; round += 1) {
    const before = waiting.length;
    waiting = waiting.filter(
      (statement) => beyondReach(draft, statement) !== undefined || !understands(rules, statement),
    );
    if (waiting.length === before && round > 0) break;
  }
  const refused: Misunderstanding[] = [...refusedFeed(draft)];
  const unheard: string[] = [];
  for (const statement of [...waiting].sort((left, right) => left.line - right.line)) {
    const reason = reasonFor(draft, rules, statement);
    if (reason !== undefined && refused.length < MOST_MISUNDERSTANDINGS)
      refused.push({ sentence: statement.text, line: statement.line, reason });
    if (reason === undefined && isUnheard(draft, statement)) unheard.push(statement.text.trim());
  }
  return { refused, unheard };
};
