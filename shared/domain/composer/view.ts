/** Compositions and plans as callers see them. */
import type {
  CompositionStatus,
  CompositionSummary,
  CompositionView,
  OperationView,
  PlanView,
} from '../../rpc/composer.ts';
import type { Manifest } from './manifest.ts';
import type { Manifests } from './placement.ts';
import type { Plan, Step } from './plan.ts';
import type { Composition, Operation } from './state.ts';

/** One step as a sentence. */
export const describeStep = (step: Step): string => {
  switch (step.type) {
    case 'place':
      if (step.placement === null) return `take out ${step.member}`;
      if (step.placement.leaving !== undefined) return `set up ${step.member}, for the old and the new routes`;
      return step.before === null ? `bring up ${step.member}` : `set up ${step.member}`;
    case 'find':
      return `find ${step.member}`;
    case 'publish':
      return step.before === 0 ? 'publish the routes' : 'switch the routes';
    case 'withdraw':
      return 'take it out of the registry';
    case 'drain':
      return `let requests end (${step.ms / 1_000} s)`;
    case 'erase':
      return 'delete its services and all they hold';
  }
};

export const viewPlan = ({ name, version }: Manifest, { members, routes, steps, isChange }: Plan): PlanView => ({
  name,
  version,
  isChange,
  members,
  routes,
  steps: steps.map(describeStep),
});

const viewOperation = ({ id, kind, direction, done, steps, failure }: Operation): OperationView => ({
  operationId: id,
  kind,
  direction,
  done,
  steps: steps.map((step) => ({
    text: describeStep(step),
    type: step.type,
    ...('member' in step ? { member: step.member } : {}),
  })),
  ...(failure === undefined ? {} : { failure }),
});

export const statusOf = ({ operation, revision, lastOutcome }: Composition): CompositionStatus => {
  if (operation === undefined) {
    if (lastOutcome?.outcome === 'incomplete') return 'incomplete';
    return revision > 0 ? 'up' : 'failed';
  }
  if (operation.kind === 'down') return 'stopping';
  if (operation.direction === 'back') return 'undoing';
  if (operation.kind === 'heal') return 'healing';
  return revision > 0 ? 'upgrading' : 'starting';
};

/** The manifest that is up, or that is being brought up while nothing is. */
export const manifestShown = (composition: Composition, manifests: Manifests): Manifest | undefined =>
  manifests[composition.revision] ?? manifests[composition.operation?.revision ?? composition.lastRevision];

export const summarize = (composition: Composition, manifests: Manifests): CompositionSummary => {
  const { name, owner, revision, members, updatedAt } = composition;
  const manifest = manifestShown(composition, manifests);
  return {
    name,
    status: statusOf(composition),
    ...(manifest === undefined ? {} : { version: manifest.version }),
    revision,
    owner,
    members: manifest?.members.length ?? 0,
    healthy: Object.values(members).filter(({ health }) => health === 'healthy').length,
    updatedAt,
  };
};

const notLookedAt = { health: 'unknown', detail: 'It was not looked at yet.' } as const;

/** Where requests are taken: paths of the platform. None while nothing is up. */
const addressesOf = ({ name, revision }: Composition, manifests: Manifests, workspaceId: string): readonly string[] => [
  ...(revision > 0 ? [`/api/services/${name}/`] : []),
  ...(revision > 0 && manifests[revision]?.isPublic === true ? [`/composed/${workspaceId}/${name}/`] : []),
];

export const viewComposition = (
  composition: Composition,
  manifests: Manifests,
  workspaceId: string,
): CompositionView => {
  const { operation, lastFailure, lastOutcome, createdAt, members } = composition;
  const manifest = manifestShown(composition, manifests);
  return {
    ...summarize(composition, manifests),
    ...(manifest?.title === undefined ? {} : { title: manifest.title }),
    parts: (manifest?.members ?? []).map(({ name, kind }) => ({
      member: name,
      kind,
      ...(Object.hasOwn(members, name) ? (members[name] ?? notLookedAt) : notLookedAt),
    })),
    routes: manifest?.routes ?? [],
    addresses: addressesOf(composition, manifests, workspaceId),
    ...(operation === undefined ? {} : { operation: viewOperation(operation) }),
    ...(lastFailure === undefined ? {} : { lastFailure }),
    ...(lastOutcome === undefined ? {} : { lastOperation: lastOutcome }),
    createdAt,
  };
};
