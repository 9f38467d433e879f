/**
 * What a registry knows of a service. A service is a name; behind it stand instances, each with a version, endpoints and
 * a lease or none. Everything here is plain JSON: it crosses RPC, waits in outboxes and lies in snapshots.
 */
import type { ProjectId } from '../ids.ts';
import type { CompositionEndpoint, GroupEndpoint } from './composition-endpoint.ts';
import type { UpgradeGroup } from './upgrade/upgrade.ts';

/** Who stands behind a service; only `external` can be registered over HTTP. */
export const serviceKinds = ['platform', 'app', 'composition', 'external'] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/** What an instance says of itself with a heartbeat; `failing` is offered to nobody. */
export const serviceHealths = ['passing', 'warning', 'failing'] as const;
export type ServiceHealth = (typeof serviceHealths)[number];

/** How requests are spread over the instances of a service. */
export const balancingPolicies = ['weighted', 'least-loaded', 'sticky'] as const;
export type BalancingPolicy = (typeof balancingPolicies)[number];

/** Where an instance answers. */
export type ServiceEndpoint =
  /** A base address on an origin that the operator allows; the rest of a request's path is put after it. */
  | { readonly kind: 'http'; readonly url: string }
  /** A deployed app's slot, in the sandbox. */
  | { readonly kind: 'app'; readonly projectId: ProjectId; readonly slot: 'preview' | 'staging' | 'production' }
  /** An object of the platform in the same workspace: `<workspace>/<objectKind>/<objectId>`. */
  | { readonly kind: 'object'; readonly objectKind: string; readonly objectId: string }
  /** Several members, each under its paths. */
  | CompositionEndpoint
  | GroupEndpoint;

export interface ServiceMetadata {
  /** A semantic version (https://semver.org). */
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** What it can do, as words that others look for. */
  readonly capabilities: readonly string[];
  /** A hint: instances of the caller's region are preferred, none is excluded. */
  readonly region?: string;
  /** Share of the requests, 0 to 1,000. 0: it gets none that does not ask for it by its instance. */
  readonly weight: number;
  /** Absent: `weighted`. */
  readonly policy?: BalancingPolicy;
  /** Anything else, for people and for filters. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Names one instance within a workspace. As text: `<name>/<instance>`. */
export interface ServiceAddress {
  readonly name: string;
  readonly instance: string;
}

export interface ServiceInstance extends ServiceAddress {
  readonly kind: ServiceKind;
  /** `platform`, `workspace`, `project:<id>` or `composition:<name>`: all instances of a name have the same. */
  readonly owner: string;
  readonly metadata: ServiceMetadata;
  readonly endpoints: readonly ServiceEndpoint[];
  readonly health: ServiceHealth;
  /** What the instance said of its load: 0 is idle, 1 is full. */
  readonly load: number;
  readonly registeredAt: number;
  readonly updatedAt: number;
  /** Counts from 1 with each change of metadata or endpoints, for `ifRevision`. */
  readonly revision: number;
  /** While an upgrade of the name goes on: which side the instance is on. Its weight is then the upgrade's. */
  readonly upgrade?: { readonly id: string; readonly group: UpgradeGroup };
  /** Absent: it stays until it is deregistered. */
  readonly lease?: { readonly seconds: number; readonly expiresAt: number };
}

/** The text that people and programs write for an instance. */
export const addressText = ({ name, instance }: ServiceAddress): string => `${name}/${instance}`;
