/**
 * The message that agents, projects and people send each other. Stored by both sides, delivered through an outbox
 * until acknowledged, deduplicated by `messageId`. The platform stamps sender, workspace, run and sequence:
 * what a sender writes there itself is overwritten.
 */
import type { MessageId, RunId, WorkspaceId } from '../ids.ts';

/** `agent:<id>`, `project:<id>`, `person:<key id>`. */
export type Address = string;

export interface Message {
  readonly messageId: MessageId;
  readonly sender: Address;
  /** An address, `role:<name>`, or `*` for all agents of the project. */
  readonly recipient: Address;
  /** For example `note`, `question`, `answer`, `task.assign`, `task.progress`, `task.report`, `task.cancel`. */
  readonly messageType: string;
  readonly content: string;
  readonly timestamp: number;
  readonly replyTo?: MessageId;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly attachments?: readonly { readonly name: string; readonly mediaType: string; readonly content: string }[];
  readonly stamp: { readonly workspaceId: WorkspaceId; readonly runId?: RunId; readonly sequence: number };
}

export interface Acknowledgement {
  readonly messageId: MessageId;
  readonly receivedAt: number;
  /** True when the message had been received before. */
  readonly repeated: boolean;
}

/** Longest content of a message, in characters. */
export const maxMessageLength = 200_000;
