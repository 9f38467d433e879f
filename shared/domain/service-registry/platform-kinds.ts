/**
 * What the platform itself offers in every workspace: each kind of object is a service `aidevos-<kind>`, so that agents and
 * people find it by what it can do. An object is addressed by a kind of this table, so a kind without an entry does not
 * compile.
 */
import type { ServiceAddress, ServiceMetadata } from './service.ts';

/** Raised when what an object offers changes. */
const platformVersion = '0.1.0';

interface Offer {
  readonly title: string;
  readonly description: string;
  readonly capabilities: readonly string[];
}

const offers = {
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
} as const satisfies Readonly<Record<string, Offer>>;

/** A kind of the platform's objects. */
export type PlatformKind = keyof typeof offers;

const prefix = 'aidevos-';

/** The instance that stands for a kind as a whole; its objects are instances beside it, by their ids. */
export const kindInstance = 'platform';

// SAFETY: the keys of a constant table.
export const platformKinds = Object.keys(offers) as readonly PlatformKind[];

/** The name of the service that a kind is. */
export const platformServiceName = (kind: PlatformKind): string => `${prefix}${kind}`;

/** The kind whose service has that name; undefined for every other name. */
export const platformKindOf = (name: string): PlatformKind | undefined =>
  platformKinds.find((kind) => platformServiceName(kind) === name);

/** Whether an instance stands for a single object of the platform. */
export const isSingleObject = ({ name, instance }: ServiceAddress): boolean =>
  platformKindOf(name) !== undefined && instance !== kindInstance;

/** What is registered of a kind. */
export const platformMetadata = (kind: PlatformKind): ServiceMetadata => {
  const { title, description, capabilities } = offers[kind];
  return {
    version: platformVersion,
    title,
    description,
    tags: ['platform'],
    capabilities,
    weight: 100,
    attributes: {},
  };
};
