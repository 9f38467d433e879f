/**
 * What somebody outside would try on the running application to see that the specification holds: sequences of
 * requests whose answers were foreseen. A journey is kept only when it comes out the same at any time of the clock.
 */
import type { Design, ResourceDesign } from '../design.ts';
import { withArticle } from '../names.ts';
import { isUnique, sampleValue } from '../sample/values.ts';
import { simulateDelete } from '../simulation/operations.ts';
import { readField } from '../simulation/evaluate.ts';
import { recordAt } from '../simulation/world.ts';
import type { Value, World } from '../simulation/world.ts';
import type { Assignment } from './build.ts';
import { planOccasion } from './catalogue.ts';
import type { Catalogue, ResourceScenarios } from './catalogue.ts';
import { createPlan } from './plan.ts';
import type { Plan } from './plan.ts';
import { playByRequests } from './requests.ts';
import type { RequestPlay, Step } from './requests.ts';
import { isGivenSlot } from './scenario.ts';
import type { Act, Slot, Slots } from './scenario.ts';
import { search, vary } from './search.ts';
import type { ConditionalRule, Found } from './search.ts';

/** One request and the answer that is foreseen. */
export interface Request {
  readonly method: string;
  /** Segments; a label in braces stands for the id of that record. */
  readonly path: string;
  readonly body?: Slots;
  readonly status: number;
  /** Fields that the answer must show. */
  readonly shows?: Readonly<Record<string, Value>>;
  /** The label under which the id in the answer is kept. */
  readonly keeps?: string;
}

export interface Journey {
  readonly title: string;
  readonly resource: string;
  readonly requests: readonly Request[];
  /** Removes what was made, as far as the rules allow it. */
  readonly cleanup: readonly Request[];
}

/** Two moments between which a generated application will hardly be started outside. */
const clocks = ['2026-11-21T12:00:00.000Z', '2037-05-05T20:30:00.000Z'] as const;

const successes = { create: 201, update: 200, delete: 204, action: 200 } as const;

const isAccepted = (play: RequestPlay): boolean => play.outcome.ok;

const signature = (play: RequestPlay): string =>
  [
    play.outcome.ok ? 'ok' : `${play.outcome.status} ${play.outcome.cause.kind}`,
    ...play.steps.map(({ act }) => act.kind),
  ].join(' ');

/** The play when it goes the same way at both moments. */
const steady = (plan: Plan, assignment: Assignment): RequestPlay | undefined => {
  const [first, second] = clocks.map((now) => playByRequests({ ...plan, now }, assignment));
  return first && second && signature(first) === signature(second) ? first : undefined;
};

/**
 * Finds a way through requests alone: first with the values that were found for records put in place directly, then
 * with others.
 */
const find = (
  plan: Plan,
  isReached: (play: RequestPlay) => boolean,
  options: { readonly rule?: ConditionalRule; readonly start?: Assignment | undefined; readonly budget?: number } = {},
): Found<RequestPlay> | undefined => {
  const { rule, start, budget = 60 } = options;
  return search({
    plan: { ...plan, now: clocks[0] },
    play: playByRequests,
    isReached: (play, assignment) => isReached(play) && steady(plan, assignment) !== undefined,
    ...(rule ? { rule } : {}),
    ...(start ? { start } : {}),
    budget,
  });
};

const pathOf = (resource: ResourceDesign, act: Act): string => {
  if (act.kind === 'create') return `/${resource.plural}`;
  if (act.kind === 'action') return act.action.path.replace(/:\w+/u, `{${act.target}}`);
  return `/${resource.plural}/{${act.target}}`;
};

const methods = { create: 'POST', update: 'PATCH', delete: 'DELETE' } as const;

const toRequest = (resource: ResourceDesign, act: Act, body: Slots, status: number): Request => ({
  method: act.kind === 'action' ? act.action.method : methods[act.kind],
  path: pathOf(resource, act),
  ...(act.kind === 'delete' ? {} : { body }),
  status,
});

/** Replaced by something new in each run, so that values that must differ do. */
const runPlaceholder = '{run}';

/** Makes unique values differ from run to run, where the field has room for it. */
const freshen = (resource: ResourceDesign, body: Slots, chosen: Slots, counter: { count: number }): Slots => {
  counter.count += 1;
  const number = counter.count;
  const entries = Object.entries(body).map(([name, slot]): readonly [string, Slot] => {
    const field = resource.stored.find((candidate) => candidate.name === name);
    if (!field || name in chosen || !isUnique(resource, name) || isGivenSlot(slot)) return [name, slot];
    const room = (field.field.maxLength ?? Infinity) - String(slot).length;
    if (room < 20 || field.field.pattern !== undefined) return [name, sampleValue(field, number)];
    if (field.type === 'string' || field.type === 'text') return [name, `${field.label} ${runPlaceholder}-${number}`];
    if (field.type === 'email') return [name, `${name.toLowerCase()}${runPlaceholder}-${number}@example.com`];
    if (field.type === 'url') return [name, `https://example.com/${name}/${runPlaceholder}-${number}`];
    return [name, sampleValue(field, number)];
  });
  return Object.fromEntries(entries);
};

const cleanUp = (play: RequestPlay): readonly Request[] => {
  let world: World = play.outcome.ok ? play.outcome.world : play.before;
  const labels = play.steps.filter(({ act }) => act.kind === 'create');
  const created =
    play.scenario.act.kind === 'create' && play.outcome.ok ? [{ label: 'result', id: play.outcome.record.id }] : [];
  const records = [
    ...labels.map(({ label, resource }) => ({ label, resource, id: play.ids.get(label) ?? '' })),
    ...created.map(({ label, id }) => ({ label, id, resource: undefined })),
  ].reverse();
  return records.flatMap(({ label, resource: known, id }) => {
    const resource = known ?? world.design.resources.find(({ name }) => recordAt(world, name, id) !== undefined);
    if (!resource?.resource.operations.includes('delete')) return [];
    const outcome = simulateDelete(world, resource, id);
    if (!outcome.ok) return [];
    world = outcome.world;
    return [{ method: 'DELETE', path: `/${resource.plural}/{${label}}`, status: 204 }];
  });
};

const chosenFor = (play: RequestPlay, step: Step): Slots =>
  play.scenario.givens.find(({ label }) => label === step.label)?.values ?? {};

/** A play as requests, with what it ends with. */
const toJourney = (
  resource: ResourceDesign,
  title: string,
  play: RequestPlay,
  counter: { count: number },
  more: readonly Request[] = [],
): Journey => {
  const steps = play.steps.map((step): Request => {
    const isNew = step.act.kind === 'create';
    const body = isNew ? freshen(step.resource, step.body, chosenFor(play, step), counter) : step.body;
    const request = toRequest(step.resource, step.act, body, successes[step.act.kind]);
    return isNew ? { ...request, keeps: step.label } : request;
  });
  const { act } = play.scenario;
  const body = act.kind === 'create' ? freshen(resource, play.body, act.body, counter) : play.body;
  const last = toRequest(resource, act, body, play.outcome.ok ? successes[act.kind] : play.outcome.status);
  const kept = act.kind === 'create' && play.outcome.ok ? { ...last, keeps: 'result' } : last;
  return { title, resource: resource.name, requests: [...steps, kept, ...more], cleanup: cleanUp(play) };
};

const get = (path: string, status: number, shows?: Request['shows']): Request => ({
  method: 'GET',
  path,
  status,
  ...(shows ? { shows } : {}),
});

type Counter = { count: number };

const creationJourneys = (
  catalogue: Catalogue,
  { resource, accepted }: ResourceScenarios,
  counter: Counter,
): readonly Journey[] => {
  const { operations } = resource.resource;
  if (!operations.includes('create')) return [];
  const plan = planOccasion(catalogue.design, resource, 'create', catalogue.samples);
  const found = find(plan, isAccepted, { start: accepted.get('create')?.assignment });
  if (!found) return [];
  const more = operations.includes('read') ? [get(`/${resource.plural}/{result}`, 200)] : [];
  const list = operations.includes('list') ? [get(`/${resource.plural}?limit=1`, 200)] : [];
  const refusal: Request = { method: 'POST', path: `/${resource.plural}`, body: { surprise: true }, status: 422 };
  return [
    toJourney(resource, `${withArticle(resource.words)} can be created, read and listed`, found.play, counter, [
      ...more,
      ...list,
      refusal,
    ]),
  ];
};

const changeJourneys = (
  catalogue: Catalogue,
  { resource, accepted }: ResourceScenarios,
  counter: Counter,
): readonly Journey[] => {
  const occasions = [
    ...resource.resource.operations.filter((operation) => operation === 'update' || operation === 'delete'),
    ...resource.actions.map(({ name }) => name),
  ];
  return occasions.flatMap((occasion) => {
    const plan = planOccasion(catalogue.design, resource, occasion, catalogue.samples);
    const found = find(plan, isAccepted, { start: accepted.get(occasion)?.assignment });
    if (!found) return [];
    const isGone = found.play.scenario.act.kind === 'delete' && resource.resource.operations.includes('read');
    const more = isGone ? [get(`/${resource.plural}/{${resource.variable}}`, 404)] : [];
    const action = resource.actions.find(({ name }) => name === occasion);
    const title = action
      ? action.source.trim() || `${action.method} ${action.path}`
      : `${withArticle(resource.words)} can be ${occasion}d`;
    return [toJourney(resource, title, found.play, counter, more)];
  });
};

const ruleJourneys = (catalogue: Catalogue, scenarios: ResourceScenarios, counter: Counter): readonly Journey[] => {
  const { resource } = scenarios;
  return scenarios.rules.flatMap(({ rule, occasion, refusedBy, allowedBy }) => {
    const plan = planOccasion(catalogue.design, resource, occasion, catalogue.samples);
    const isRefused = (play: RequestPlay): boolean =>
      !play.outcome.ok && play.outcome.cause.kind === 'rule' && play.outcome.cause.rule === rule;
    const refused = find(plan, isRefused, { rule, start: refusedBy });
    if (!refused) return [];
    const allowed = find(plan, isAccepted, { start: allowedBy ?? refused.assignment });
    const source = rule.source.trim();
    return [
      toJourney(resource, `${source} (refused)`, refused.play, counter),
      ...(allowed ? [toJourney(resource, `${source} (otherwise possible)`, allowed.play, counter)] : []),
    ];
  });
};

const shownAfter = (
  design: Design,
  play: RequestPlay,
  rule: ResourceScenarios['effects'][number]['rule'],
  resource: ResourceDesign,
): readonly Request[] => {
  if (!play.outcome.ok) return [];
  const { world, record } = play.outcome;
  return rule.assign.flatMap(({ through, field }) => {
    const name = resource.references.find((reference) => reference.field.name === through)?.target;
    const target = name === undefined ? undefined : design.resource(name);
    const id = through === undefined ? undefined : record[through];
    const label = [...play.ids].find(([, known]) => known === id)?.[0];
    if (!target || label === undefined || !target.resource.operations.includes('read')) return [];
    const value = recordAt(world, target.name, id)?.[field] ?? null;
    return [get(`/${target.plural}/{${label}}`, 200, { [field]: value })];
  });
};

const effectJourneys = (catalogue: Catalogue, scenarios: ResourceScenarios, counter: Counter): readonly Journey[] => {
  const { resource } = scenarios;
  return scenarios.effects.flatMap(({ rule, occasion, appliedBy }) => {
    if (rule.assign.every(({ through }) => through === undefined)) return [];
    const plan = planOccasion(catalogue.design, resource, occasion, catalogue.samples);
    const isShown = (play: RequestPlay): boolean => shownAfter(catalogue.design, play, rule, resource).length > 0;
    const found = find(plan, isShown, { rule, start: appliedBy });
    if (!found) return [];
    const shows = shownAfter(catalogue.design, found.play, rule, resource).filter((request) =>
      Object.values(request.shows ?? {}).every(
        (value) =>
          typeof value === 'number' ||
          typeof value === 'boolean' ||
          (typeof value === 'string' && !/^\d{4}-/u.test(value)),
      ),
    );
    return [toJourney(resource, rule.source.trim(), found.play, counter, shows)];
  });
};

const computedJourneys = (catalogue: Catalogue, resource: ResourceDesign, counter: Counter): readonly Journey[] =>
  resource.computed.flatMap((field) => {
    const { computed } = field.field;
    if (!computed || !resource.resource.operations.includes('read') || !resource.resource.operations.includes('update'))
      return [];
    const { design, samples } = catalogue;
    const plan = createPlan(design, resource, 'update', { now: clocks[0], samples, conditions: [computed] });
    const valueIn = (play: RequestPlay): Value => {
      const record = recordAt(play.before, resource.name, play.ids.get(resource.variable));
      return readField({ resource, record }, field.name, play.before);
    };
    const isShown = (play: RequestPlay): boolean =>
      play.outcome.ok && typeof valueIn(play) === 'number' && valueIn(play) !== 0;
    const found = vary({ plan, play: playByRequests }, isShown, new Map(), 60);
    if (!found) return [];
    const journey = toJourney(resource, field.field.source.trim() || field.label, found.play, counter);
    const value = valueIn(found.play);
    const read = get(`/${resource.plural}/{${resource.variable}}`, 200, { [field.name]: value });
    return [{ ...journey, requests: [...journey.requests.slice(0, -1), read] }];
  });

/** All journeys through an application. */
export const createJourneys = (catalogue: Catalogue): readonly Journey[] => {
  const counter = { count: 0 };
  return catalogue.resources.flatMap((scenarios) => [
    ...creationJourneys(catalogue, scenarios, counter),
    ...changeJourneys(catalogue, scenarios, counter),
    ...ruleJourneys(catalogue, scenarios, counter),
    ...effectJourneys(catalogue, scenarios, counter),
    ...computedJourneys(catalogue, scenarios.resource, counter),
  ]);
};
