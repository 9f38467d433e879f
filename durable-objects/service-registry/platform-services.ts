/**
 * What the platform itself offers in every workspace: each kind of object is a service, so that agents and people find it
 * by what it can do. The type asks for an entry for each kind; a new one does not compile without it.
 */
import type { ServiceMetadata } from '../../shared/domain/service-registry/service.ts';
import { shardOf } from '../../shared/domain/service-registry/shard.ts';
import type { PlatformService } from '../../shared/domain/service-registry/platform.ts';
import type { ObjectKind } from '../stubs.ts';

/** Raised when what an object offers changes. */
const platformVersion = '0.1.0';

interface Offer {
  readonly title: string;
  readonly description: string;
  readonly capabilities: readonly string[];
}

const offers: Readonly<Record<ObjectKind, Offer>> = {
  workspace: {
    title: 'Workspaces',
    description: 'API keys, budgets, credentials of providers, quality of models, the list of projects.',
    capabilities: ['keys', 'budgets', 'credentials', 'model-quality'],
  },
  project: {
    title: 'Projects',
    description: 'Workflow, task graph, team, quality gates, releases and messages of a project.',
    capabilities: ['planning', 'tasks', 'team-messages', 'quality-gates', 'releases'],
  },
  agent: {
    title: 'Agents',
    description: 'A seat of a team: mailbox, conversation, run and the journal of its steps.',
    capabilities: ['engineering', 'mailbox', 'tools'],
  },
  repository: {
    title: 'Repositories',
    description: 'Files, branches and commits of a project; speaks git over HTTP.',
    capabilities: ['git', 'files', 'merge'],
  },
  conversation: {
    title: 'Conversations',
    description: 'Answers of the Responses API with what they answered.',
    capabilities: ['responses', 'conversation-state'],
  },
  topic: {
    title: 'Topics',
    description: 'A durable log in order: publishing, following, consumer groups, pushing, replay.',
    capabilities: ['events', 'publish', 'consume', 'replay'],
  },
  'topic-catalog': {
    title: 'Catalogue of topics',
    description: 'The topics of the workspace, and subscriptions to many by pattern.',
    capabilities: ['topic-discovery', 'subscriptions'],
  },
  'app-host': {
    title: 'App hosts',
    description: 'Versions and slots of a deployed app, in the sandbox.',
    capabilities: ['app-hosting', 'slots'],
  },
  composer: {
    title: 'Composer',
    description: 'Brings up services made of members, by a manifest; changes, heals and takes them down.',
    capabilities: ['composition', 'topology'],
  },
  'service-registry': {
    title: 'Service registry',
    description: 'Services of the workspace: registration, discovery, leases, changes.',
    capabilities: ['service-discovery', 'service-watch'],
  },
};

const metadataOf = ({ title, description, capabilities }: Offer): ServiceMetadata => ({
  version: platformVersion,
  title,
  description,
  tags: ['platform'],
  capabilities,
  weight: 100,
  attributes: {},
});

/** The platform's services that live in a shard. */
export const platformServicesOf = (shard: number): readonly PlatformService[] =>
  Object.entries(offers)
    .map(([kind, offer]) => ({
      name: `aidevos-${kind}`,
      instance: 'platform',
      metadata: metadataOf(offer),
      endpoints: [{ kind: 'object' as const, objectKind: kind, objectId: '*' }],
    }))
    .filter(({ name }) => shardOf(name) === shard);
