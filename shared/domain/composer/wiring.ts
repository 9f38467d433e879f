/**
 * Who may call whom. A member reaches another only when it says so under `uses`; what its configuration asks for and is
 * not wired is refused before anything is started.
 */
import type { Issue } from '../../errors/result.ts';
import type { MemberService } from '../../schemas/composition.ts';
import { apiConfiguration, type ApiRoute } from '../../schemas/services/api.ts';
import { uiConfiguration } from '../../schemas/services/ui.ts';
import type { Member, ServiceMember } from './manifest.ts';

type Callee = MemberService | 'external';

/** What each service can call. */
const callable: Readonly<Record<MemberService, readonly Callee[]>> = {
  auth: [],
  user: [],
  data: [],
  analytics: [],
  api: ['auth', 'user', 'data', 'analytics', 'external'],
  ui: ['auth', 'data', 'analytics'],
};

const calleeOf = (member: Member): Callee | undefined =>
  member.kind === 'service' ? member.service : member.kind === 'external' ? 'external' : undefined;

interface Need {
  readonly callee: MemberService;
  readonly field: string;
  readonly why: string;
}

const needsOfRoute = (route: ApiRoute, field: string): readonly Need[] => {
  const needs: Need[] = [];
  const { action } = route;
  if (route.access === 'session' || route.access === 'any') {
    needs.push({ callee: 'auth', field: `${field}.access`, why: 'asks who is signed in' });
  }
  if (route.permission !== undefined) {
    needs.push({ callee: 'user', field: `${field}.permission`, why: 'asks for the roles of people' });
  }
  if (action?.do.startsWith('data.') === true) {
    needs.push({ callee: 'data', field: `${field}.action`, why: 'works on records' });
  }
  if (action?.do.startsWith('user.') === true) {
    needs.push({ callee: 'user', field: `${field}.action`, why: 'is about the person who is signed in' });
  }
  if (route.event !== undefined || action?.do.startsWith('analytics.') === true) {
    needs.push({
      callee: 'analytics',
      field: route.event === undefined ? `${field}.action` : `${field}.event`,
      why: 'counts',
    });
  }
  return needs;
};

const needsOf = (member: ServiceMember): readonly Need[] => {
  if (member.service === 'api') {
    const { routes } = apiConfiguration.parse(member.configuration);
    return routes.flatMap((route, index) => needsOfRoute(route, `config.routes.${index}`));
  }
  if (member.service !== 'ui') return [];
  return uiConfiguration.parse(member.configuration).pages.flatMap((page, index): readonly Need[] => {
    const field = `config.pages.${index}`;
    return [
      ...(page.access === 'session'
        ? [{ callee: 'auth' as const, field: `${field}.access`, why: 'asks who is signed in' }]
        : []),
      ...(Object.keys(page.data).length > 0
        ? [{ callee: 'data' as const, field: `${field}.data`, why: 'shows records' }]
        : []),
      ...(page.event === undefined ? [] : [{ callee: 'analytics' as const, field: `${field}.event`, why: 'counts' }]),
    ];
  });
};

/** Names of outside services that the routes of an api call, with the fields that do. */
const outsideCalls = (member: ServiceMember): readonly { readonly field: string; readonly name: string }[] =>
  member.service !== 'api'
    ? []
    : apiConfiguration
        .parse(member.configuration)
        .routes.flatMap(({ action }, index) =>
          action?.do === 'connector.call'
            ? [{ field: `config.routes.${index}.action.connector`, name: action.connector }]
            : [],
        );

const checkUses = (member: ServiceMember, byName: ReadonlyMap<string, Member>): readonly Issue[] =>
  Object.entries(member.uses).flatMap(([alias, target]): readonly Issue[] => {
    const field = `members.${member.name}.uses.${alias}`;
    const callee = byName.get(target);
    if (callee === undefined) return [{ field, reason: `"${target}" is no member of this manifest` }];
    const kind = calleeOf(callee);
    if (kind !== undefined && callable[member.service].includes(kind)) return [];
    // A circle is told as what it is.
    if (callee.kind === 'service' && Object.values(callee.uses).includes(member.name)) return [];
    const may = callable[member.service].join(', ');
    return [{ field, reason: `${member.service} cannot call "${target}"; it can call ${may === '' ? 'nobody' : may}` }];
  });

const checkNeeds = (member: ServiceMember, byName: ReadonlyMap<string, Member>): readonly Issue[] => {
  const wired = Object.values(member.uses).map((name) => byName.get(name));
  const at = `members.${member.name}`;
  const missing = needsOf(member)
    .filter(({ callee }) => !wired.some((target) => target !== undefined && calleeOf(target) === callee))
    .map(({ callee, field, why }) => ({
      field: `${at}.${field}`,
      reason: `${why}, and no ${callee} member is named under ${at}.uses`,
    }));
  const outside = outsideCalls(member)
    .filter(({ name }) => !Object.hasOwn(member.uses, name) || byName.get(member.uses[name] ?? '')?.kind !== 'external')
    .map(({ field, name }) => ({
      field: `${at}.${field}`,
      reason: `"${name}" is no outside service under ${at}.uses`,
    }));
  return [...missing, ...outside];
};

/** A composition has one service object of each kind; outside services, apps and registered ones as many as it likes. */
const checkKinds = (members: readonly Member[]): readonly Issue[] =>
  members.flatMap((member, index): readonly Issue[] => {
    if (member.kind !== 'service') return [];
    const first = members.find((other) => other.kind === 'service' && other.service === member.service);
    return first === undefined || members.indexOf(first) === index
      ? []
      : [
          {
            field: `members.${member.name}.service`,
            reason: `"${first.name}" is the ${member.service} of this composition; it has one`,
          },
        ];
  });

/** Ten are what one connector service holds. */
const maxOutside = 10;

/** What is wrong between members. */
export const checkWiring = (composition: string, members: readonly Member[]): readonly Issue[] => {
  const byName = new Map(members.map((member) => [member.name, member]));
  const outside = members.filter((member) => member.kind === 'external');
  return [
    ...checkKinds(members),
    ...outside.slice(maxOutside).map(({ name }) => ({
      field: `members.${name}`,
      reason: `is one outside service too many; a composition has at most ${maxOutside}`,
    })),
    ...members.flatMap((member) =>
      member.kind === 'service' ? [...checkUses(member, byName), ...checkNeeds(member, byName)] : [],
    ),
    ...members.flatMap((member) =>
      member.kind === 'registered' && member.service === composition
        ? [{ field: `members.${member.name}.registered`, reason: `goes in a circle: ${composition} -> ${composition}` }]
        : [],
    ),
  ];
};
