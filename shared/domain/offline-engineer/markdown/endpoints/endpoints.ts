/** Turns endpoint lines into actions, lists and figures, or finds that the standard operations already serve them. */

import type { Endpoint, Expression, Operation } from '../../app-model.ts';
import type { DraftResource } from '../draft/draft.ts';
import { idOf, itemOf } from '../draft/draft.ts';
import { allOf } from '../draft/expressions.ts';
import { wordsOf } from '../lexicon/names.ts';
import { normalise, withoutArticles } from '../lexicon/normal.ts';
import { findResource, linkTo, referenceFields } from '../phrases/vocabulary.ts';
import type { Rules, Sentence } from '../rules/context.ts';
import { applyQuery, readListing } from '../rules/listing.ts';
import { readAction } from './actions.ts';
import { readFigures } from './figures.ts';
import type { EndpointLine } from './lines.ts';

const resourceOf = (rules: Rules, segment: string | undefined): DraftResource | undefined =>
  segment === undefined || segment === ':id' ? undefined : findResource(rules.draft, wordsOf(segment));

const OPERATIONS: Readonly<Record<string, Operation>> = {
  'GET 1': 'list',
  'POST 1': 'create',
  'GET 2': 'read',
  'PUT 2': 'update',
  'PATCH 2': 'update',
  'DELETE 2': 'delete',
};

const add = (rules: Rules, endpoint: Endpoint): true => {
  const taken = rules.draft.endpoints.findIndex(
    (existing) => existing.method === endpoint.method && existing.path === endpoint.path,
  );
  if (taken < 0) rules.draft.endpoints.push(endpoint);
  return true;
};

/** Standard operations: the query names filters, the description may say more about search and order. */
const standard = (rules: Rules, line: EndpointLine): boolean => {
  const [first, second] = line.segments;
  const resource = resourceOf(rules, first);
  if (resource === undefined || line.segments.length > 2 || (second !== undefined && second !== ':id')) return false;
  const operation = OPERATIONS[`${line.method} ${String(line.segments.length)}`];
  if (operation === undefined) return false;
  resource.operations.add(operation);
  if (operation === 'list' && /\b(?:limit|offset|filter|sort|search|page|order)/i.test(line.description)) {
    readListing(rules, {
      source: line.description,
      text: normalise(line.description),
      about: resource,
      isAboutOne: true,
    });
  }
  return line.query === '' || applyQuery(resource, line.query).length === 0;
};

const nameOf = (segments: readonly string[]): string =>
  segments
    .filter((segment) => segment !== ':id')
    .flatMap((segment) => wordsOf(segment))
    .join('-');

const pathOf = (segments: readonly string[]): string => `/${segments.join('/')}`;

/** `GET /members/:id/loans`, perhaps narrowed by its description. */
const childList = (rules: Rules, sentence: Sentence, line: EndpointLine): boolean => {
  const [first, id, third, fourth] = line.segments;
  const parent = resourceOf(rules, first);
  const child = resourceOf(rules, third);
  if (line.method !== 'GET' || parent === undefined || id !== ':id' || child === undefined || line.segments.length > 4)
    return false;
  const item = itemOf(child);
  const link = linkTo(rules.draft, item, parent) ?? namedLink(child, parent);
  if (link === undefined) return false;
  const [field = ''] = link.path;
  const narrowing =
    fourth === undefined ? describedCondition(rules, child, line.description) : stateOf(rules, child, fourth);
  if (fourth !== undefined && narrowing === undefined) return false;
  if (line.query !== '') applyQuery(child, line.query);
  const direct = link.path.length === 1;
  const indirect: Expression | undefined = direct
    ? undefined
    : { kind: 'binary', operator: '==', left: idOf(link), right: { kind: 'field', of: 'record', path: ['id'] } };
  if (indirect !== undefined) return false;
  return add(rules, {
    kind: 'list',
    method: 'GET',
    path: pathOf([parent.plural, ':id', ...line.segments.slice(2)]),
    name: nameOf(line.segments),
    resource: child.name,
    parent: { resource: parent.name, field },
    ...(narrowing === undefined ? {} : { where: narrowing }),
    source: sentence.source,
  });
};

const namedLink = (child: DraftResource, parent: DraftResource): ReturnType<typeof linkTo> => {
  const field = referenceFields(child).find((candidate) => candidate.reference?.resource === parent.name);
  return field === undefined ? undefined : { resource: parent, of: 'item', path: [field.name] };
};

const stateOf = (rules: Rules, resource: DraftResource, segment: string): Expression | undefined => {
  const words = wordsOf(segment).join(' ');
  const entity = itemOf(resource);
  return (
    rules.phrases.state(words, entity, { self: entity, it: entity, depth: 0 }) ??
    rules.phrases.state(`in ${words}`, entity, { self: entity, it: entity, depth: 0 })
  );
};

const TRIMMED =
  /^(?:returns?|lists?|gets?|shows?|gives?|answers?(?: with)?|fetch(?:es)?|retrieves?|displays?|delivers?|finds?|yields?|responds with|a list of|list of|all of|the list of|provides?|reads?|serves?|see|view)\s+/;

/** What a description such as `the loans that are overdue, oldest first` says of the listed records. */
const describedCondition = (rules: Rules, resource: DraftResource, description: string): Expression | undefined => {
  let text = normalise(description);
  for (let guard = 0; guard < 4 && TRIMMED.test(text); guard += 1) text = text.replace(TRIMMED, '');
  text = text
    .replace(/^(?:all |only |just |the list of |a list of |list of |every |currently )+/, '')
    .replace(
      / ?(?:,|\() ?(?:newest|oldest|latest|sorted|ordered|most recent|paginated|with pagination|by|highest|lowest|soonest)\b.*$/,
      '',
    )
    .replace(
      / (?:newest first|oldest first|sorted by .*|ordered by .*|of (?:this|that|the given|a|the|one) [a-z]+)$/,
      '',
    );
  const noun = rules.phrases.noun(withoutArticles(text), { depth: 0 });
  if (noun?.resource.name === resource.name) return allOf(noun.conditions);
  const clause = /\b(?:that|which|whose|where|with|when|who) .+$/.exec(text)?.[0];
  const narrowed =
    clause === undefined ? undefined : rules.phrases.noun(`${resource.words.join(' ')} ${clause}`, { depth: 0 });
  return narrowed === undefined ? undefined : allOf(narrowed.conditions);
};

/** `GET /loans/overdue`, `GET /reports/overdue-loans`. */
const stateList = (rules: Rules, sentence: Sentence, line: EndpointLine): boolean => {
  if (line.method !== 'GET' || line.segments.includes(':id')) return false;
  const own = resourceOf(rules, line.segments[0]);
  const text = normalise(line.description).replace(/^(?:lists?|returns?|shows?|gives?|gets?|all|the|only) /g, '');
  const described =
    own ??
    rules.draft.resources.find((resource) =>
      new RegExp(`^(?:[a-z ]{0,40} )?(?:${resource.pluralWords.join(' ')})\\b`).test(text),
    ) ??
    resourceOf(rules, wordsOf(line.segments.at(-1) ?? '').at(-1));
  if (described === undefined || /\b(?:number|count|sum|total|average) of\b|\btotals?\b/.test(text.slice(0, 40)))
    return false;
  const last = line.segments.at(-1) ?? '';
  const where =
    describedCondition(rules, described, line.description) ??
    stateOf(rules, described, last.replace(new RegExp(`-?(?:${described.plural}|${described.name})$`), ''));
  if (where === undefined) return false;
  if (line.query !== '') applyQuery(described, line.query);
  return add(rules, {
    kind: 'list',
    method: 'GET',
    path: pathOf(line.segments),
    name: nameOf(line.segments),
    resource: described.name,
    where,
    source: sentence.source,
  });
};

/** `GET /books/search?q=`: the list itself searches. */
const searchList = (rules: Rules, line: EndpointLine, sentence: Sentence): boolean => {
  const resource = resourceOf(rules, line.segments[0]);
  if (
    resource === undefined ||
    line.segments.length !== 2 ||
    !/^(?:search|find|filter|query)$/.test(line.segments[1] ?? '') ||
    line.method !== 'GET'
  )
    return false;
  resource.searchable.add('*');
  applyQuery(resource, line.query);
  return add(rules, {
    kind: 'list',
    method: 'GET',
    path: pathOf([resource.plural, line.segments[1] ?? 'search']),
    name: nameOf(line.segments),
    resource: resource.name,
    source: sentence.source,
  });
};

/** Served by every application anyway. */
const BUILT_IN = /^(?:openapi\.json|openapi|health|healthz|docs|swagger)$/;

const isFigurePath = (line: EndpointLine): boolean =>
  line.segments.some((segment) =>
    /stats|statistic|summary|dashboard|metric|kpi|overview|totals|figures|count|results/.test(segment),
  );

/** Puts the endpoint into the draft; false when it is not understood. */
export const applyEndpoint = (rules: Rules, sentence: Sentence, line: EndpointLine): boolean => {
  rules.phrases.refresh();
  if (line.segments.length === 0 || (line.segments.length === 1 && BUILT_IN.test(line.segments[0] ?? '')))
    return line.method === 'GET';
  return (
    standard(rules, line) ||
    searchList(rules, line, sentence) ||
    (isFigurePath(line) && readFigures(rules, sentence, line)) ||
    childList(rules, sentence, line) ||
    stateList(rules, sentence, line) ||
    readFigures(rules, sentence, line) ||
    readAction(rules, sentence, line)
  );
};

/** Why an endpoint is not understood and what would help. */
export const endpointReason = (rules: Rules, line: EndpointLine): string => {
  const resource = resourceOf(rules, line.segments[0]);
  const known = rules.draft.resources.map((candidate) => candidate.plural).join(', ');
  if (resource === undefined)
    return `The path does not begin with a known resource (${known}), and its description names no figures that can be computed. Describe what it answers, for example "number of open loans".`;
  const child = resourceOf(rules, line.segments[2]);
  if (line.method === 'POST' && child !== undefined)
    return `A ${child.words.join(' ')} is created with POST /${child.plural} and the id of its ${resource.words.join(' ')} in the body; creating below another path is not offered. Take this line out.`;
  if (line.method === 'GET')
    return `It is unclear which ${resource.pluralWords.join(' ')} this lists. Say it with a condition on their fields, for example "GET ${pathOf(line.segments)} – ${resource.pluralWords.join(' ')} whose … is …".`;
  return `It is unclear what this changes. Say which fields it sets, for example "sets the status to …", or use a path such as POST /${resource.plural}/{id}/<action>.`;
};
