/** From a manifest's text to a checked manifest: every fault is told with its field, and nothing else is touched. */
import type { Issue, Result } from '../../errors/result.ts';
import { err, ok } from '../../errors/result.ts';
import { compositionManifest, type ManifestInput } from '../../schemas/composition.ts';
import type { Manifest, Member } from './manifest.ts';
import { maxInstanceBytes } from '../service-registry/limits.ts';
import { bytesOf, readManifestText, refuseManifest } from './manifest-text.ts';
import { checkDeclaration } from '../services/check-declaration.ts';
import { orderByNeeds } from './order.ts';
import { declarationOf, ownedMembers, placeOf } from './placement.ts';
import { endpointOf, metadataOf } from './publication.ts';
import { readMember } from './read-member.ts';
import { checkWiring } from './wiring.ts';

const maxMembers = 32;

const fieldOf = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'manifest' : path.map(String).join('.'));

/** An unknown key is told at its own place. */
const toIssues = (error: NonNullable<ReturnType<typeof compositionManifest.safeParse>['error']>): readonly Issue[] =>
  error.issues.flatMap((issue): readonly Issue[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: fieldOf([...issue.path, key]), reason: 'is not known here' }))
      : [{ field: fieldOf(issue.path), reason: issue.message }],
  );

const readMembers = (input: ManifestInput): Result<readonly Member[], readonly Issue[]> => {
  const entries = Object.entries(input.members);
  if (entries.length === 0 || entries.length > maxMembers) {
    return err([{ field: 'members', reason: `must name 1 to ${maxMembers} members, and names ${entries.length}` }]);
  }
  const read = entries.map(([name, member]) => readMember(name, member, input.policies ?? {}));
  const issues = read.flatMap((member) => (member.ok ? [] : member.error));
  return issues.length > 0 ? err(issues) : ok(read.flatMap((member) => (member.ok ? [member.value] : [])));
};

const calleesOf = (member: Member): readonly string[] => (member.kind === 'service' ? Object.values(member.uses) : []);

/** Members, callees first; refused where they call each other in a circle. */
const order = (members: readonly Member[]): Result<readonly Member[], readonly Issue[]> => {
  const ordered = orderByNeeds(new Map(members.map((member) => [member.name, calleesOf(member)])));
  if (!ordered.ok) {
    const [first = ''] = ordered.cycle;
    return err([{ field: `members.${first}.uses`, reason: `goes in a circle: ${ordered.cycle.join(' -> ')}` }]);
  }
  const byName = new Map(members.map((member) => [member.name, member]));
  return ok(ordered.order.flatMap((name) => byName.get(name) ?? []));
};

/** A route leads to a member that answers HTTP, and no other route has its path. */
const checkRoutes = (input: ManifestInput, members: readonly Member[]): readonly Issue[] =>
  input.routes.flatMap(({ path, member: name }, index): readonly Issue[] => {
    const first = input.routes.findIndex((route) => route.path === path);
    const conflict =
      first === index
        ? []
        : [{ field: `routes.${index}.path`, reason: `is "${path}" like routes.${first}; a path leads to one member` }];
    const member = members.find((candidate) => candidate.name === name);
    const field = `routes.${index}.member`;
    if (member === undefined) return [...conflict, { field, reason: `"${name}" is no member of this manifest` }];
    const answers =
      member.kind === 'service' ? ['auth', 'api', 'ui'].includes(member.service) : member.kind !== 'external';
    const reason = `"${name}" answers no requests from outside; let an api member offer what it has`;
    return answers ? conflict : [...conflict, { field, reason }];
  });

const assemble = (input: ManifestInput, members: readonly Member[]): Manifest => {
  const { name, version, title, description, healthSeconds } = input;
  return {
    name,
    version,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    members,
    routes: input.routes
      .map(({ path, member }) => ({ path, member }))
      .toSorted((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1)),
    isPublic: input.access === 'public',
    healthSeconds,
  };
};

/** A group's name with the longest that a workspace and a composition have. */
const longestGroup = 'x'.repeat(90);

/** The registry keeps all routes in one entry, which has a limit. */
const checkEntry = (manifest: Manifest): readonly Issue[] => {
  const entry = { metadata: metadataOf(manifest, 1_000_000), endpoints: [endpointOf(manifest, longestGroup)] };
  const bytes = bytesOf(JSON.stringify(entry));
  if (bytes <= maxInstanceBytes) return [];
  const reason = `make an entry of ${bytes} bytes in the registry with title and description; it takes ${maxInstanceBytes}`;
  return [{ field: 'routes', reason }];
};

/** The field of the manifest in which a field of the group's declaration stands. */
const fieldInManifest = ({ members }: Manifest, field: string): string => {
  const [kind = '', ...rest] = field.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  const member = members.find((each) => each.kind === 'service' && each.service === kind);
  return member === undefined ? 'members' : ['members', member.name, 'config', ...rest].join('.');
};

/** What the service objects would refuse of their configurations when they are set up: names, schemas, templates. */
const checkServices = (manifest: Manifest): readonly Issue[] => {
  const placed = Object.fromEntries(ownedMembers(manifest).map((member) => [placeOf(member), { revision: 1 }]));
  const checked = checkDeclaration(declarationOf(placed, { 1: manifest }));
  if (checked.ok) return [];
  const { issues = [], detail } = checked.error;
  return issues.length === 0
    ? [{ field: 'members', reason: detail }]
    : issues.map(({ field, reason }) => ({ field: fieldInManifest(manifest, field), reason }));
};

/**
 * The manifest of a text in YAML or JSON. Refused with `request.invalid` (`request.too_large` above 256 KB) and an issue
 * for each field at fault. Whether registered members can be found is not asked here.
 */
export const readManifest = (text: string): Result<Manifest> => {
  const data = readManifestText(text);
  if (!data.ok) return data;
  const parsed = compositionManifest.safeParse(data.value);
  if (!parsed.success) return refuseManifest(toIssues(parsed.error));
  const members = readMembers(parsed.data);
  if (!members.ok) return refuseManifest(members.error);
  const wiring = [...checkWiring(parsed.data.name, members.value), ...checkRoutes(parsed.data, members.value)];
  const ordered = order(members.value);
  const issues = ordered.ok ? wiring : [...ordered.error, ...wiring];
  if (!ordered.ok || issues.length > 0) return refuseManifest(issues);
  const manifest = assemble(parsed.data, ordered.value);
  const unusable = [...checkEntry(manifest), ...checkServices(manifest)];
  return unusable.length > 0 ? refuseManifest(unusable) : ok(manifest);
};
