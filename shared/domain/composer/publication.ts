/** What the registry is told of a composition: one instance, whose endpoint has all routes, so that they change at once. */
import type { ProjectId } from '../ids.ts';
import type { CompositionEndpoint, CompositionTarget } from '../service-registry/composition-endpoint.ts';
import type { ServiceMetadata } from '../service-registry/service.ts';
import { findMember, type Manifest, type Member } from './manifest.ts';

/** Every composition has one instance in the registry. */
export const compositionInstance = 'main';

export const compositionOwner = (name: string): string => `composition:${name}`;

const targetOf = (member: Member): CompositionTarget | undefined => {
  switch (member.kind) {
    case 'service':
      return member.service === 'auth' || member.service === 'api' || member.service === 'ui'
        ? { kind: 'service', service: member.service }
        : undefined;
    case 'app':
      // SAFETY: the manifest's schema has checked its form.
      return { kind: 'app', projectId: member.projectId as ProjectId, slot: member.slot };
    case 'registered':
      return { kind: 'registered', name: member.service, version: member.version };
    case 'external':
      return undefined;
  }
};

export const endpointOf = (manifest: Manifest, group: string): CompositionEndpoint => ({
  kind: 'composition',
  group,
  ...(manifest.isPublic ? { isPublic: true } : {}),
  routes: manifest.routes.flatMap(({ path, member: name }) => {
    const member = findMember(manifest, name);
    const target = member === undefined ? undefined : targetOf(member);
    return member === undefined || target === undefined ? [] : [{ path, member: name, target, ...member.policies }];
  }),
});

const uniqueKinds = (manifest: Manifest): readonly string[] => [
  ...new Set(manifest.members.map((member) => (member.kind === 'service' ? member.service : member.kind))),
];

export const metadataOf = (manifest: Manifest, revision: number): ServiceMetadata => ({
  version: manifest.version,
  ...(manifest.title === undefined ? {} : { title: manifest.title }),
  ...(manifest.description === undefined ? {} : { description: manifest.description }),
  tags: ['composition'],
  capabilities: uniqueKinds(manifest),
  weight: 100,
  attributes: { revision: String(revision) },
});
