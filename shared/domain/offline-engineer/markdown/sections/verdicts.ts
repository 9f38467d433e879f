/** Judges sentences that no reader understood: harmless prose, met anyway, beyond what can be built, or a requirement. */

import { LONGEST_SENTENCE, normalise } from '../lexicon/normal.ts';
import { sameStem, verbMakesNoun } from '../lexicon/stems.ts';
import { wordsOf } from '../lexicon/names.ts';
import type { Draft } from '../draft/draft.ts';
import { findResource } from '../phrases/vocabulary.ts';
import type { Statement } from './statements.ts';

interface Capability {
  readonly pattern: RegExp;
  readonly what: string;
}

const BEYOND: readonly Capability[] = [
  {
    pattern:
      /\b(?:log(?:s|ged)? in(?!g hours)|logging in|login|log in|sign(?:s|ed)? in|signing in|passwords?|authentication|authenticat\w+|authoriz\w+|authoris\w+|single sign on|oauth2?|sso|jwt|two factor|2fa|user accounts?|access tokens?|api keys?|bearer tokens?|sessions? cookies?|role based|permissions? (?:for|by|per)|only (?:admins?|administrators?|managers?|the owner|owners|moderators?|staff|superusers?) (?:can|may|must)|(?:admins?|administrators?|moderators?) only|logged in)\b/,
    what: 'signing in, roles and permissions',
  },
  {
    pattern:
      /\b(?:(?:send|sends|sent|sending|receive|receives|gets?|notif\w+ .* by|by|via|per) (?:an? |the |out )?(?:[a-z]+ )?(?:emails?|sms|text messages?|push notifications?|notifications?|newsletters?|reminders?|mails?|letters?)|email(?:s|ed)? (?:is|are|will be) sent|e?mails? (?:the|a|every|all|to|them)|is emailed|are emailed|notif(?:y|ies|ied|ication)s?|remind(?:er|ers|s|ed)? (?:is|are|the|email)|slack|whatsapp|telegram|webhooks?)\b/,
    what: 'sending e-mails, messages or notifications',
  },
  {
    pattern:
      /\b(?:stripe|paypal|credit cards?|payment (?:provider|gateway|processor)s?|online payments?|charge the card|bank transfer api|direct debit|apple pay|google pay)\b/,
    what: 'payments through a provider',
  },
  {
    pattern:
      /\b(?:upload(?:s|ed|ing)?|file attachments?|attach(?:ed|es)? (?:files?|documents?|images?|photos?)|(?:images?|photos?|pictures?|files?|pdfs?|documents?) (?:can|may|must|should|will) be (?:uploaded|attached|stored|generated)|download(?:s|ed|able)? (?:as|the|a) .*(?:pdf|csv|excel|file)|export(?:s|ed)? (?:as|to|in) (?:pdf|csv|excel|xlsx|xml)|(?:pdf|csv|excel|xlsx) (?:export|import|file|report)s?|import(?:s|ed)? (?:from|of|a) (?:csv|excel|files?)|generate (?:an? )?pdf|print(?:s|ed)? (?:an? )?(?:pdf|label|receipt|invoice))\b/,
    what: 'uploading, importing or exporting files',
  },
  {
    pattern:
      /\b(?:real time|realtime|websockets?|live updates?|push updates?|server sent events|streaming|live chat|instantly (?:see|show|update)|collaborative editing)\b/,
    what: 'live updates over sockets',
  },
  {
    pattern:
      /\b(?:google (?:maps?|calendar|sheets)|external (?:api|service|system)s?|third party|integrat(?:e|es|ion|ions) with|calls? (?:the|an) .* api|fetch(?:es|ed)? from|synchroni[sz]e[sd]? with|imported? from [a-z]+ api|weather api|exchange rates?|barcode scann\w+|qr codes?|machine learning|artificial intelligence|\bai\b|recommendation engine|chatbot|blockchain|geolocation|gps)\b/,
    what: 'calling other services or devices',
  },
  {
    pattern:
      /\b(?:cron|scheduled? (?:job|task)s?|every (?:night|hour|morning|evening|midnight|minute|monday|sunday|day at|week at)|nightly|at midnight|background (?:job|task)s?|once (?:a|per) (?:day|week|month|night) the system|automatically (?:after|every) \d+|each night|periodically)\b/,
    what: 'jobs that run on a schedule',
  },
  {
    pattern:
      /\b(?:mobile app|ios|android|desktop app|native app|drag (?:and|&) drop|kanban board|gantt|(?:bar|pie|line) charts?|charts?|graphs?|calendar view|interactive map|map view|dark mode|multi language|multilingual|translations?|locali[sz]ation|offline mode|barcode)\b/,
    what: 'special user interfaces',
  },
];

const DECLINED =
  /\b(?:no|not|without|never|out of scope|is not needed|are not needed|not required|nothing|neither|need not|later|another time|future|handled elsewhere|outside)\b/;

/** `There is no login.`: says that something beyond reach is not wanted. */
export const isDeclined = (statement: Statement): boolean => {
  const text = normalise(statement.text);
  return (
    DECLINED.test(text) && !/\b(?:cannot|only|unless)\b/.test(text) && BEYOND.some(({ pattern }) => pattern.test(text))
  );
};

/** What the sentence asks for that no generated application can do; undefined when it asks for no such thing. */
export const beyondReach = (draft: Draft, statement: Statement): string | undefined => {
  const text = normalise(statement.text);
  if (/^(?:there (?:is|are|will be) no|no|without|we do not|it does not|this does not|not) /.test(text))
    return undefined;
  for (const { pattern, what } of BEYOND) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const around = text.slice(Math.max(0, match.index - 40), match.index);
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 40);
    if (
      DECLINED.test(around) ||
      /^(?: (?:is|are) not (?:needed|required|part|planned)| (?:is|are) out of scope| (?:is|are) not)/.test(after)
    )
      continue;
    if (findResource(draft, wordsOf(match[0]).slice(-1)) !== undefined && !/send|sent|upload/.test(match[0])) continue;
    if (
      statement.section === 'prose' &&
      !/\b(?:must|should|shall|can|will|is able|are able|gets?|sends?|needs?)\b/.test(text)
    )
      continue;
    return what;
  }
  return undefined;
};

const TECHNICAL =
  /\b(?:rest(?:ful)?|json|https?|status codes?|status (?:\d{3}|code)|\d{3} (?:error|response|bad request|not found|conflict|created)|(?:error|answer|respond|response|return|refused|rejected|answered)\w* (?:with|by|as)? ?(?:an? )?(?:status |http |code )*\d{3}|sqlite|database|persist\w*|stored? (?:in|permanently|safely|durably)|survives?|restart|typescript|javascript|node ?js|cloudflare|workers?|open ?api|swagger|unit tests?|tests?|tested|test coverage|validat\w+|invalid|error messages?|meaningful|helpful message|error body|bad (?:input|request)s?|unknown ids?|not found|docker|deploy\w*|documentation|documented|readme|utf 8|iso 8601|iso format|time ?zone|utc|content type|request body|response|payload|endpoints? (?:accept|return|are|must|should)|crud|the usual operations|backend|frontend|api (?:is|should|must|returns|accepts|offers)|performance|fast|milliseconds?|load|responsive|simple and clean|code quality|maintainable|uuid|unique id|have an id|has an id|identifier|created ?at|updated ?at|timestamps?|transactions?|atomic\w*|concurren\w+|consisten\w+|git|repository|html|css|accessib\w+|browser|keep it simple|money|cents|currency|decimals?|rounded|dates? (?:are|is|have)|day only|mandatory fields)\b/;

/** What every generated application does anyway: JSON over REST, validation with clear errors, storage, tests. */
const MET =
  /\b(?:each|every|all) (?:resources?|entit(?:y|ies)|records?|objects?|things?) (?:has|have|gets?|supports?|offers?|can be|should|must|is|are)\b|\b(?:create|add|list|view|read|update|edit|change|delete|remove|crud)(?:d|s|ing)?\b.*\b(?:create|add|list|view|read|update|edit|change|delete|remove)/;

const STORY =
  /^(?:as an? .+? ,? ?)?(?:i|we|users?|people|one|you|anyone|staff|customers?|members?|the (?:user|staff|team|receptionist|librarian|manager|admin|owner|clerk|organizer|office|operator)|an? [a-z]+|[a-z]+s) (?:want|wants|would like|can|could|may|need|needs|must be able|should be able|is able|are able|like|likes|manage|manages|search|searches|register|registers|track|tracks|handle|handles|create|creates|add|adds|see|sees|use|uses|look|looks|keep|keeps|plan|plans|record|records|maintain|maintains|enter|enters|work|works)\b/;
const STORY_VERB =
  /\b(?:register|create|add|list|view|see|browse|read|update|edit|change|delete|remove|manage|plan|record|enter|track|maintain|look up|find|search|open|show|keep|log|write|organi[sz]e|administer|handle|define|set up|submit|book|store|review|check|overview|know)\b/;

const mentionsResource = (draft: Draft, text: string): boolean => {
  const words = text.split(/[ ,]+/);
  return words.some(
    (word, index) =>
      findResource(draft, [word]) !== undefined || findResource(draft, [word, words[index + 1] ?? '']) !== undefined,
  );
};

/** A verb for which there is an action, or that brings a record into being ("enroll in a class"). */
const namesKnownAction = (draft: Draft, text: string): boolean =>
  text
    .split(' ')
    .some(
      (word) =>
        draft.endpoints.some((endpoint) => endpoint.kind === 'action' && sameStem(endpoint.name, word)) ||
        draft.resources.some((resource) => verbMakesNoun(word, resource.words)),
    );

/** A wish that the standard operations or known actions fulfil. */
export const isFulfilledStory = (draft: Draft, statement: Statement): boolean => {
  const text = normalise(statement.text).replace(/ so that .*$/, '');
  if (/\bcannot\b|\bonly\b|\bunless\b|\bat most\b|\bat least\b|\bnever\b/.test(text)) return false;
  const story =
    STORY.test(text) ||
    /^(?:it should be possible to|it must be possible to|one may|we want|we need|i want|users should|the system (?:must|should|shall|can)|the app (?:must|should|can|lets|allows)|it (?:must|should) (?:let|allow)|allow|support|manage|create|track|must be possible to|the service must|the application must|it must)/.test(
      text,
    );
  if (!story || !mentionsResource(draft, text)) return false;
  if (!STORY_VERB.test(text) && !namesKnownAction(draft, text)) return false;
  return !/\b(?:when|if|after|before|until|within|automatically|by clicking|percent|discount|compare|calculate|compute|predict|recommend|suggest|assign(?:ed)? automatically)\b/.test(
    text,
  );
};

const FORCE =
  /\b(?:must|cannot|never|only|unless|at most|at least|no two|forbidden|not allowed|prohibited|exactly one|required)\b|\b(?:this|it|which) (?:sets?|clears?|resets?|empties|increases|decreases|reduces|deletes|marks|changes|restores|frees|triggers)\b/;
const RULE_FORCE =
  /\b(?:is|are|has|have|can|may|when|if|set|sets|becomes|equals|=|->|must|cannot|only|never|sum|number|increases?|decreases?|reduces?|deletes?|goes|counts?)\b/;

const beginsWithResource = (draft: Draft, text: string): boolean =>
  mentionsResource(
    draft,
    text
      .replace(/^(?:an?|the|each|every|all|no|only|any) /, '')
      .split(' ')
      .slice(0, 3)
      .join(' '),
  );

/** Whether the sentence demands something that nothing in the model answers. */
export const isRequirement = (draft: Draft, statement: Statement): boolean => {
  if (statement.text.length > LONGEST_SENTENCE) return /\b(?:must|cannot|can't|only|never)\b/i.test(statement.text);
  const text = normalise(statement.reading ?? statement.text);
  if (text.split(' ').length < 3 || /[:?]$/.test(statement.text.trim())) return false;
  switch (statement.section) {
    case 'skipped':
      return false;
    case 'rules':
      return statement.listed
        ? text.split(' ').length > 3 || RULE_FORCE.test(text)
        : FORCE.test(text) ||
            (/\b(?:when|if|once)\b/.test(text) && mentionsResource(draft, text)) ||
            /\b(?:sum|number|total|average) of\b/.test(text);
    case 'endpoints':
      return (
        /^(?:get|post|put|patch|delete) /.test(text) ||
        (FORCE.test(text) && mentionsResource(draft, text)) ||
        (statement.listed && / (?:returns|lists|sets|number of|sum of) /.test(text))
      );
    case 'technical':
      return FORCE.test(text) && mentionsResource(draft, text) && !TECHNICAL.test(text);
    case 'prose':
      return /\b(?:cannot|must|only|at most|at least)\b/.test(text) && beginsWithResource(draft, text);
    case 'pages':
      return FORCE.test(text) && mentionsResource(draft, text);
    case 'lists':
      return FORCE.test(text) || /\b(?:sort|filter|search)/.test(text);
    case 'stories':
      return /\b(?:so that|want|wants|must|cannot|only|should)\b/.test(text.replace(/ so that .*$/, ''));
    case 'resources':
    case 'fields':
    case undefined:
      return (
        FORCE.test(text) ||
        (statement.listed &&
          /\b(?:can|may|when|if|requires?|sets?|within \d+)\b/.test(text) &&
          beginsWithResource(draft, text)) ||
        (/\b(?:when|whenever|once|as soon as)\b.* (?:is|are|gets?|becomes?|sets?)\b/.test(text) &&
          mentionsResource(draft, text)) ||
        /^.+ (?:is|are|equals|=) (?:the )?(?:sum|number|total|average|difference|product|count) of/.test(text)
      );
  }
};

/** Whether the sentence speaks of technical matters that are so anyway. */
export const isMetAnyway = (statement: Statement): boolean => {
  const text = normalise(statement.text);
  return TECHNICAL.test(text) || MET.test(text);
};
