/** A manifest that was checked: every name in it leads somewhere. Plain JSON; kept and compared. */
import type { MemberService, Policies } from '../../schemas/composition.ts';
import type { ConnectorConfiguration } from '../../schemas/services/declaration.ts';

/** How a service outside is called. */
export type Outside = Omit<ConnectorConfiguration['connectors'][number], 'name'>;

interface MemberBase {
  readonly name: string;
  readonly policies: Policies;
}

/** A service object of the composition's own. */
export interface ServiceMember extends MemberBase {
  readonly kind: 'service';
  readonly service: MemberService;
  /** A range; the platform offers a version in it. */
  readonly version: string;
  /** As `servicesDeclaration` has it for this service, with its defaults. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Members by the names under which this one calls them. */
  readonly uses: Readonly<Record<string, string>>;
}

/** A service outside of the platform, reached through the connector. */
export interface ExternalMember extends MemberBase {
  readonly kind: 'external';
  readonly outside: Outside;
}

/** A project's deployed app. */
interface AppMember extends MemberBase {
  readonly kind: 'app';
  readonly projectId: string;
  readonly slot: 'preview' | 'staging' | 'production';
}

/** Whatever the registry finds under a name. */
interface RegisteredMember extends MemberBase {
  readonly kind: 'registered';
  readonly service: string;
  readonly version: string;
}

export type Member = ServiceMember | ExternalMember | AppMember | RegisteredMember;

export interface CompositionRoute {
  readonly path: string;
  readonly member: string;
}

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  /** Callees before their callers, otherwise as they stand in the manifest. */
  readonly members: readonly Member[];
  /** Longest path first. */
  readonly routes: readonly CompositionRoute[];
  readonly isPublic: boolean;
  readonly healthSeconds: number;
}

export const findMember = (manifest: Manifest, name: string): Member | undefined =>
  manifest.members.find((member) => member.name === name);

/** Whether the composition itself brings the member up, keeps it and takes it down. */
export const isOwned = (member: Member): member is ServiceMember | ExternalMember =>
  member.kind === 'service' || member.kind === 'external';
