/**
 * Sentences that ask for records to go out, to come in, or to be followed by other programs: for what the platform's
 * Data service has and tables of one's own do not. A whole sentence is taken; in a description that says more, such as
 * `a catalogue of books, with import and export`, the words themselves are enough.
 */

import type { Draft, DraftResource } from '../draft/draft.ts';
import { normalise, withoutArticles } from '../lexicon/normal.ts';
import { findResource } from '../phrases/vocabulary.ts';
import type { Misunderstanding } from '../../app-model.ts';
import type { Statement } from '../sections/statements.ts';

const DIRECTION = '(?:import|export)(?:s|ed|ing)?';
const BOTH = `(?<how>${DIRECTION}(?: ?(?:,|and|or|/|, and) ?(?:re )?${DIRECTION})?)`;
const FORM =
  '(?: (?:as|from|to|in)(?: a)?(?: file(?:s)? (?:of|with))? ?(?:lines of json|json lines|json|ndjson|jsonl|a json lines file))?';
const FEED =
  '(?:an? |the |one )?(?:(?:live )?(?:change|changes) (?:feed|stream|log)|(?:feed|stream|log) of (?:all |the |every )?changes?(?: (?:of|to) (?:the |all )?[a-z ]+?)?)';
const PLACE = '(?: (?:at|under|by|with|via) get \\/ ?changes)?';
const WHO =
  '(?:people|persons?|users?|everyone|everybody|members?|one|staff|clients?|(?:other )?(?:programs?|systems?|services?|applications?|apps?)|the (?:app|application|system|service))';

const EXCHANGED: readonly RegExp[] = [
  new RegExp(`^(?<what>[a-z ,]+?) (?:can|may|must|are|is)(?: be)? ${BOTH}${FORM}$`),
  new RegExp(`^${WHO} (?:can |may |must )?${BOTH} (?<what>[a-z ,]+?)${FORM}$`),
  new RegExp(`^it (?:is possible to|must be possible to) ${BOTH} (?<what>[a-z ,]+?)${FORM}$`),
  new RegExp(`^one may ${BOTH} (?<what>[a-z ,]+?)${FORM}$`),
  new RegExp(
    `^(?:the (?:app|application|system|service)|it|there is|there are)(?: (?:offers|has|supports|provides|gives))? (?:an? )?${BOTH}(?: of (?<what>[a-z ,]+?))?${FORM}$`,
  ),
];

const FOLLOWED: readonly RegExp[] = [
  new RegExp(
    `^(?:the (?:app|application|system|service)|it|there is|we)(?: (?:must |can )?(?:offers?|has|have|keeps?|supports?|provides?|gives?|publish(?:es)?|tells?))? ${FEED}${PLACE}$`,
  ),
  new RegExp(
    `^${WHO} (?:can|may|must) (?:follow|read|get|watch|subscribe to|see) (?:(?:all |the |every )?changes?(?: (?:of|to) (?:the |all )?[a-z ]+?)?|${FEED})(?: (?:in|through|by|from|as) ${FEED})?${PLACE}$`,
  ),
  new RegExp(
    `^(?:all |every |each )?changes? (?:(?:can|must|may) be (?:followed|told|published|read|listed)|(?:are|is) (?:told|published|listed|kept))(?: (?:in|through|by|as) ${FEED})?${PLACE}$`,
  ),
];

const ASIDE_EXCHANGE = new RegExp(`\\b(?:with|and|including|plus|offers|has|for) (?:an? )?${BOTH}(?= |$)`);
const ASIDE_FEED = new RegExp(`\\b(?:with|and|including|plus|offers|has|for) ${FEED}`);
const DENIED = /\b(?:no|not|without|never|nor|neither|cannot|out of scope|only|csv|excel|xml|pdf|spreadsheets?)\b/;

/** Addresses that would be taken twice. */
const TAKEN = /^(?:changes?|exports?|imports?)$/;

const everything = (text: string): boolean =>
  /^(?:records?|data|things?|entries|everything|items|catalogue|catalog|collection|it|them|(?:whole|entire) .+)$/.test(
    text,
  );

/** The resources that the words name; undefined when they name something else. */
const named = (draft: Draft, what: string | undefined): readonly DraftResource[] | undefined => {
  const text = withoutArticles((what ?? 'everything').trim());
  if (everything(text)) return draft.resources;
  const resources = text
    .split(/ ?, (?:and )?| and /)
    .map((part) => findResource(draft, withoutArticles(part.trim()).split(' ')));
  const known = resources.filter((resource) => resource !== undefined);
  return known.length === resources.length ? known : undefined;
};

const merged = (before: readonly string[], more: readonly DraftResource[]): string[] => [
  ...new Set([...before, ...more.map(({ name }) => name)]),
];

const askFor = (draft: Draft, source: string): NonNullable<Draft['data']> => {
  draft.data ??= { feed: undefined, exported: [], imported: [], sources: [] };
  if (!draft.data.sources.includes(source)) draft.data.sources.push(source);
  return draft.data;
};

const exchange = (draft: Draft, statement: Statement, how: string, resources: readonly DraftResource[]): void => {
  const data = askFor(draft, statement.text);
  if (how.includes('export')) data.exported = merged(data.exported, resources);
  if (how.includes('import')) data.imported = merged(data.imported, resources);
};

const follow = (draft: Draft, statement: Statement): void => {
  askFor(draft, statement.text).feed = { sentence: statement.text, line: statement.line };
};

/** Takes the sentence when it asks for one of these things and nothing else; notes what one asks for beside others. */
export const readRecords = (draft: Draft, statement: Statement): boolean => {
  if (statement.section === 'skipped' || draft.resources.some(({ plural }) => TAKEN.test(plural))) return false;
  const text = normalise(statement.reading ?? statement.text);
  if (DENIED.test(text)) return false;
  for (const pattern of EXCHANGED) {
    const groups = pattern.exec(text)?.groups;
    const resources = groups === undefined ? undefined : named(draft, groups['what']);
    if (groups === undefined || resources === undefined) continue;
    exchange(draft, statement, groups['how'] ?? '', resources);
    return true;
  }
  if (FOLLOWED.some((pattern) => pattern.test(text))) {
    follow(draft, statement);
    return true;
  }
  const aside = ASIDE_EXCHANGE.exec(text)?.groups?.['how'];
  if (aside !== undefined) exchange(draft, statement, aside, draft.resources);
  if (ASIDE_FEED.test(text)) follow(draft, statement);
  return false;
};

/** A feed tells everybody's changes, and of a record that is gone nobody can say whose it was. */
export const refusedFeed = ({ access, data }: Draft): readonly Misunderstanding[] =>
  access?.isPersonal === true && data?.feed !== undefined
    ? [
        {
          ...data.feed,
          reason:
            'A feed of changes tells what everybody changed, so it cannot be offered where everybody sees only their own records. Take one of the two out.',
        },
      ]
    : [];
