/**
 * What the platform's objects offer to other objects that find them by what they can do: for each kind of the registry's
 * services (`aidevos-<kind>`) the interface behind it.
 */
import type { AgentRpc } from './agent.ts';
import type { ComposerRpc } from './composer.ts';
import type { ConversationRpc } from './conversation.ts';
import type { TopicCatalogRpc, TopicRpc } from './event-bus.ts';
import type { ProjectRpc } from './project.ts';
import type { RepositoryRpc } from './repository.ts';
import type { WorkspaceRpc } from './workspace-access.ts';

export interface ObjectInterfaces {
  readonly agent: AgentRpc;
  readonly composer: ComposerRpc;
  readonly conversation: ConversationRpc;
  readonly project: ProjectRpc;
  readonly repository: RepositoryRpc;
  readonly topic: TopicRpc;
  readonly 'topic-catalog': TopicCatalogRpc;
  readonly workspace: WorkspaceRpc;
}

/** Kinds that can be called by criteria. */
export type CallableKind = keyof ObjectInterfaces;
