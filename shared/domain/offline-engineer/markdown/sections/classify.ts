/** What a section is about, told from its heading. */

import { normalise } from '../lexicon/normal.ts';

export type SectionKind =
  | 'resources'
  | 'fields'
  | 'rules'
  | 'endpoints'
  | 'pages'
  | 'lists'
  | 'skipped'
  | 'prose'
  | 'technical'
  | 'stories';

const HEADINGS: readonly (readonly [RegExp, SectionKind])[] = [
  [
    /^(?:(?:explicitly )?(?:out of scope|not in scope|non goals?|not included|exclusions?|future(?: .*)?|later|roadmap|nice to have.*|ideas(?: .*)?|open questions?|what (?:it|this|we) (?:is|do|does) not.*|what is not.*|not needed|what we do not need|won t do|wont have|not part of .*|changelog|history|license|licence|references|appendix|version history|authors?|contact|see also|credits|limitations|no gos?))$/,
    'skipped',
  ],
  [
    /^(?:glossary|terms|terminology|definitions|vocabulary|personas?|stakeholders?|target (?:users?|audience)|audience|who (?:is it for|uses it|will use it)|users and roles)$/,
    'prose',
  ],
  [
    /^(?:user stor(?:y|ies)|stories|use cases?|scenarios|features?|key features|main features|what people do with it|epics)$/,
    'stories',
  ],
  [
    /^(?:(?:the )?(?:\w+ )?(?:resources?|entit(?:y|ies)|data ?models?|models?|domain(?: model| objects?| entities)?|objects?|things|schema|database(?: schema)?|tables?|data(?: structures?| types?| we keep| objects| schema| design)?|main (?:concepts|objects|entities)|concepts|types|records|core (?:concepts|entities|objects)|what we (?:store|keep|track|manage|keep track of|record)|information (?:model|we keep)|business objects?|the nouns|nouns|master data|content types|collections?))$/,
    'resources',
  ],
  [/^(?:fields?|attributes?|properties|columns?|data fields|its fields)$/, 'fields'],
  [
    /^(?:.*\b(?:rules?|constraints?|invariants?|behaviou?rs?|logic|validations?|policies|policy|restrictions?|conditions|calculations?|computed (?:values|fields)|derived (?:values|fields|data)|workflows?|life ?cycle|state machine|transitions?|status flow|integrity|requirements|automation|side effects|guards?|regulations|how it (?:works|behaves)|what must (?:hold|be true|never happen)|the fine print|special cases|edge cases|things to (?:remember|keep in mind|watch out for|know)|a few things to keep in mind|good to know|important|limits|quotas?|what can and cannot be done|functionality|process(?:es)?|how .* works?|lifecycle of .*|states?)\b.*)$/,
    'rules',
  ],
  [
    /^(?:.*\b(?:endpoints?|apis?|routes?|operations?|interface|rest|http|actions?|urls?|web service|queries|reports?|reporting|statistics|stats|dashboards?|summary|commands|figures|metrics|analytics)\b.*)$/,
    'endpoints',
  ],
  [
    /^(?:.*\b(?:pages?|ui|user interface|screens?|views?|front ?end|web(?: ?site)?|html|gui|what people see|web app|look and feel)\b.*)$/,
    'pages',
  ],
  [
    /^(?:.*\b(?:pagination|paging|search(?:ing)?|filter(?:s|ing)?|sorting|lists?|listing|finding things|browsing)\b.*)$/,
    'lists',
  ],
  [
    /^(?:.*\b(?:technical|technology|tech|stack|architecture|implementation|deployment|non functional.*|performance|quality|testing|tests|storage|persistence|errors?|error handling|security|environment|operations and deployment|platform|notes|remarks|general|misc(?:ellaneous)?|assumptions|constraints and assumptions|conventions)\b.*)$/,
    'technical',
  ],
  [
    /^(?:.*\b(?:overview|introduction|intro|purpose|background|motivation|goals?|vision|about|summary|context|description|scope|in short|what (?:it|this|is|we)\b.*|why\b.*|the (?:problem|idea|story)|elevator pitch|mission|tl dr|objectives?|abstract|preface|in a nutshell|problem statement|executive summary|the app|product|acceptance criteria|success criteria|example(?:s)?|sample data|getting started|how to use|usage|quick start|installation)\b.*)$/,
    'prose',
  ],
];

/** The kind that a section's heading states; the heading of the whole document states none. */
export const kindOf = (section: { readonly title: string; readonly isTitle: boolean }): SectionKind | undefined =>
  section.isTitle ? undefined : classifyHeading(section.title);

/** Without numbering, brackets and decoration: `2.1 Products (master data)` → `Products`. */
export const bareHeading = (title: string): string =>
  title
    .replace(/`/g, '')
    .replace(/^(?:[\dIVX]+(?:\.\d+)*[.):]?|[A-Z][.)]|§\s?\d+)\s+/, '')
    .replace(/\s*\([^()]*\)\s*$/, '')
    .replace(/^[^\w"']+/u, '')
    .replace(/[:.!]+$/, '')
    .trim();

/** The kind that the heading states; undefined when it states none, as the name of a resource does. */
const classifyHeading = (title: string): SectionKind | undefined => {
  const text = normalise(bareHeading(title))
    .replace(/[&/,]/g, ' and ')
    .replace(/[()']/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return HEADINGS.find(([pattern]) => pattern.test(text))?.[1];
};

const RESOURCE_PREFIX =
  /^(?:the |a |an |resource |entity |model |table |object |type |managing |manage |about |our )+/i;
const RESOURCE_SUFFIX =
  / (?:resources?|entit(?:y|ies)|models?|tables?|objects?|records?|fields|attributes|data model|schema|management|details|properties|type)$/i;

/** The name of the resource that the heading may be, without words such as `resource` and `entity`. */
export const resourceHeading = (title: string): string =>
  bareHeading(title)
    .replace(/^(?:resource|entity|model|table|object|type)\s*[:–—-]\s*/i, '')
    .replace(RESOURCE_PREFIX, '')
    .replace(RESOURCE_SUFFIX, '')
    .replace(/\s*[:–—]\s.*$/, '')
    .trim();
