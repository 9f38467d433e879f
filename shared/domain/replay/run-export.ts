/** The whole of what a project did, as one value: what a file of exported lines holds. */
import type { AgentEvent } from '../agent/events.ts';
import type { AgentId } from '../ids.ts';
import type { ProjectEvent } from '../../protocol/project-events.ts';
import type { JournalEntry } from '../../rpc/replay.ts';

/** Raised when a line changes its meaning; lines and fields may be added without. */
export const exportFormat = 1;

export interface Logged<Event> {
  readonly sequence: number;
  readonly recordedAt: number;
  readonly event: Event;
}

export interface ExportedSeat {
  readonly agentId: AgentId;
  readonly role: string;
  readonly name: string;
  readonly model: string;
  /** Events of the agent's log in the export, and the hash of its state after them. */
  readonly sequence: number;
  readonly stateHash: string;
}

export interface ExportHeader {
  readonly format: number;
  readonly projectId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly exportedAt: number;
  readonly sequence: number;
  readonly stateHash: string;
  readonly agents: readonly ExportedSeat[];
}

export interface ExportedAgent {
  readonly seat: ExportedSeat;
  readonly events: readonly Logged<AgentEvent>[];
  readonly journal: readonly JournalEntry[];
}

export interface RunExport {
  readonly header: ExportHeader;
  readonly events: readonly Logged<ProjectEvent>[];
  readonly agents: readonly ExportedAgent[];
  /** The messages that passed through the project. */
  readonly messages: readonly unknown[];
  /** The files of `main`. */
  readonly files: readonly { readonly path: string; readonly oid: string }[];
}
