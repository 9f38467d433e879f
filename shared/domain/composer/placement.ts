/**
 * What of a composition stands in its group of service objects. A group has places: one for each kind of service object, and
 * one for each outside service. A member keeps its place over revisions, and with it its data, also under another name.
 */
import { sameJson } from '../replay/canonical.ts';
import { isOwned, type ExternalMember, type Manifest, type Member, type ServiceMember } from './manifest.ts';

/** Which revision of the manifest sets up a place. */
export interface Placement {
  readonly revision: number;
  /** The revision that is being left: what its members still ask for stays until nobody is sent to them. */
  readonly leaving?: number;
}

export type Placed = Readonly<Record<string, Placement>>;

/** The manifests of a composition that are in use, by revision. */
export type Manifests = Readonly<Record<number, Manifest>>;

export const placeOf = (member: ServiceMember | ExternalMember): string =>
  member.kind === 'service' ? member.service : `external:${member.name}`;

export const ownedMembers = (manifest: Manifest): readonly (ServiceMember | ExternalMember)[] =>
  manifest.members.filter(isOwned);

/** True when a change between the two has to be brought to the service object. */
export const isSetUpAlike = (a: Member, b: Member): boolean => {
  if (a.kind === 'service' && b.kind === 'service') {
    return sameJson([a.configuration, a.uses], [b.configuration, b.uses]);
  }
  return a.kind === 'external' && b.kind === 'external' && sameJson(a.outside, b.outside);
};

type Named = { readonly name: string };

const isNamed = (value: unknown): value is Named =>
  typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';

const namedIn = (configuration: Readonly<Record<string, unknown>> | undefined, key: string): readonly Named[] => {
  const list = configuration?.[key];
  return Array.isArray(list) ? list.filter(isNamed) : [];
};

/** Lists of the configuration whose entries others ask for by name. */
const listsAskedFor = ['collections', 'databases'];

/** The configuration with everything that only the old one has. */
const withLeaving = (
  configuration: Readonly<Record<string, unknown>>,
  leaving: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => {
  const merged: Record<string, unknown> = { ...configuration };
  for (const key of listsAskedFor) {
    const present = namedIn(configuration, key);
    const left = namedIn(leaving, key).filter(({ name }) => !present.some((entry) => entry.name === name));
    if (left.length > 0) merged[key] = [...present, ...left];
  }
  return merged;
};

/** True when the callers of the old revision would miss something in the new one. */
export const leavesSomething = (from: Member, to: Member): boolean =>
  from.kind === 'service' &&
  to.kind === 'service' &&
  !sameJson(withLeaving(to.configuration, from.configuration), to.configuration);

const isCall = (value: unknown): value is { readonly do: string; readonly connector: string } =>
  typeof value === 'object' &&
  value !== null &&
  'do' in value &&
  value.do === 'connector.call' &&
  'connector' in value &&
  typeof value.connector === 'string';

/** The routes of an api name outside services as `uses` does; the connector knows them by their members. */
const wireRoutes = ({ configuration, uses }: ServiceMember): Readonly<Record<string, unknown>> => {
  const { routes } = configuration;
  if (!Array.isArray(routes)) return configuration;
  const wired = routes.map((route: unknown) => {
    if (typeof route !== 'object' || route === null || !('action' in route) || !isCall(route.action)) return route;
    const { action } = route;
    return { ...route, action: { ...action, connector: uses[action.connector] ?? action.connector } };
  });
  return { ...configuration, routes: wired };
};

const memberAt = (manifest: Manifest | undefined, place: string): ServiceMember | ExternalMember | undefined =>
  manifest === undefined ? undefined : ownedMembers(manifest).find((member) => placeOf(member) === place);

const configurationAt = (
  member: ServiceMember,
  leaving: ServiceMember | ExternalMember | undefined,
): Readonly<Record<string, unknown>> => {
  const configuration = wireRoutes(member);
  return leaving?.kind === 'service' ? withLeaving(configuration, leaving.configuration) : configuration;
};

/** The declaration of the whole group (`servicesDeclaration`) when its places are set up like this. */
export const declarationOf = (placed: Placed, manifests: Manifests): Readonly<Record<string, unknown>> => {
  const declaration: Record<string, unknown> = {};
  const connectors: unknown[] = [];
  for (const place of Object.keys(placed).toSorted()) {
    const placement = placed[place];
    const member = placement === undefined ? undefined : memberAt(manifests[placement.revision], place);
    if (placement === undefined || member === undefined) continue;
    if (member.kind === 'external') connectors.push({ name: member.name, ...member.outside });
    else {
      const leaving = placement.leaving === undefined ? undefined : memberAt(manifests[placement.leaving], place);
      declaration[member.service] = configurationAt(member, leaving);
    }
  }
  return connectors.length === 0 ? declaration : { ...declaration, connector: { connectors } };
};

/** Origins of the outside services, for whoever may allow them. */
export const originsOf = (placed: Placed, manifests: Manifests): readonly string[] => {
  const origins = Object.entries(placed).flatMap(([place, { revision }]) => {
    const member = memberAt(manifests[revision], place);
    if (member?.kind !== 'external') return [];
    const origin = /^(https?:\/\/[^/?#]+)/i.exec(member.outside.baseUrl)?.[1];
    return origin === undefined ? [] : [origin.toLowerCase()];
  });
  return [...new Set(origins)].toSorted();
};
