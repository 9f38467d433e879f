/**
 * Sentences that ask for the platform's services: signing in with a password, records of one's own, counted usage.
 * Only whole sentences are taken; one that asks for more, such as roles or other ways in, is left to be refused.
 */

import type { Draft } from '../draft/draft.ts';
import { normalise } from '../lexicon/normal.ts';
import type { Statement } from '../sections/statements.ts';

const PEOPLE =
  '(?:(?:every|all|the|each|an?) )?(?:(?:registered|signed in|logged in) )?(?:people|persons?|users?|everyone|everybody|customers?|members?|visitors?|readers?|staff|they)';
const WAY =
  '(?: (?:with|by|using|through)(?: their)?(?: an?)?(?: own)? (?:email(?: address(?:es)?)?|passwords?)(?: (?:and|,)(?: their)?(?: an?)? passwords?)?)?';
const ENTER = '(?:(?:sign|log)(?:s|ed)? (?:in|up|out)|be (?:signed|logged) in|create an account)';
const USE =
  '(?: (?:to|before they (?:can )?|in order to|and then) ?(?:(?:can|may) )?(?:use|see|read|change|work with|access|do) (?:the (?:app|application|system|service|tool|data)|anything|it|everything))?';

const SIGN_IN: readonly RegExp[] = [
  new RegExp(`^${PEOPLE} (?:must|can|may|will)? ?${ENTER}(?:(?: ,| and| , and| or) ${ENTER})*${WAY}${USE}$`),
  new RegExp(
    `^only (?:people|users?|those|persons?)(?: who are)? (?:signed|logged) in (?:can|may) (?:use|see|access) (?:the )?(?:app|application|system|it|anything)$`,
  ),
  new RegExp(`^signing in(?:${WAY})? is (?:required|needed|necessary)$`),
  new RegExp(`^(?:sign|log) ?in${WAY} is (?:required|needed|necessary)$`),
];

const PERSONAL: readonly RegExp[] = [
  new RegExp(
    `^${PEOPLE} (?:(?:can|may|must) )?(?:only )?(?:see|sees|read|has|have|manages?|keeps?)(?: (?:and|or) (?:change|edit|delete)s?)*(?: only)? (?:his or her|their) own (?<what>[a-z ]+?)(?: and (?:nobody|no one) else 's| only)?$`,
  ),
  /^(?:all )?(?<what>[a-z ]+?) (?:are|is) private(?: to (?:the (?:person|user|one)|whoever|those) (?:(?:who|that) )?(?:has |have )?(?:created|made|wrote|added|entered|written|own|owns) (?:them|it))?$/,
  new RegExp(
    `^${PEOPLE} cannot see (?:the )?(?<what>[a-z ]+?) of (?:others|other people|other users|anybody else|anyone else|somebody else)$`,
  ),
  /^(?:nobody|no one)(?: else)? (?:can|may) see (?:another person|another user|somebody else|someone else|other people) 's (?<what>[a-z ]+)$/,
];

const USAGE =
  /^(?:the (?:app|application|system|service) |we |it )?(?:must |can )?(?:counts?|tracks?|records?|measures?|keeps? count of) (?:how often (?:it|the app|the application|everything|each (?:page|address|part)(?: of it)?) is (?:used|visited|asked for|called)|(?:its|the|all) (?:usage|use|visits|requests)|usage|visits)(?: (?:per|each) day)?(?: and (?:shows|tells|lists) (?:it|them) at get \/ ?usage)?$/;

const meansAll = (draft: Draft, what: string): boolean => {
  if (/^(?:records?|data|things?|entries|everything|items)$/.test(what)) return true;
  const named = what.split(/ and | , /).map((words) => words.trim());
  return draft.resources.every(({ pluralWords, words }) =>
    named.some((name) => name === pluralWords.join(' ') || name === words.join(' ')),
  );
};

/** Takes the sentence when it asks for one of these things and nothing else. */
export const readAccess = (draft: Draft, statement: Statement): boolean => {
  const text = normalise(statement.reading ?? statement.text);
  const { text: source } = statement;
  if (USAGE.test(text)) {
    draft.usage = { source };
    return true;
  }
  const personal = PERSONAL.map((pattern) => pattern.exec(text)?.groups?.['what']).find((what) => what !== undefined);
  // Kept apart are all records or none: some of them would need to be seen by others through those that are shared.
  const isPersonal = personal !== undefined && meansAll(draft, personal);
  if (!isPersonal && !SIGN_IN.some((pattern) => pattern.test(text))) return false;
  draft.access ??= { isPersonal: false, sources: [] };
  if (isPersonal) draft.access.isPersonal = true;
  draft.access.sources.push(source);
  return true;
};
