/** The agent's side of the message protocol: what it sends goes to its project, which passes it on. */
import type { Address, Message } from '../../shared/domain/message/envelope.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { UsageStatement } from '../../shared/domain/budget/usage.ts';
import type { AgentState } from '../../shared/domain/agent/state.ts';
import type { DoubtReport, DoubtResolved } from '../../shared/domain/effect/doubt.ts';
import type { StuckReport, TaskReport } from '../../shared/domain/agent/assignment.ts';
import type { TaskId } from '../../shared/domain/ids.ts';
import type { AgentActivity } from '../../shared/protocol/agent-activity.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { ProjectRpc } from '../../shared/rpc/project.ts';
import type { EventStore, Outbox, Storage } from '../platform/index.ts';
import type { AgentStore } from './store.ts';

export interface AgentMailboxParts {
  readonly storage: Storage;
  readonly outbox: Outbox;
  readonly store: AgentStore;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly ids: Ids;
  readonly now: () => number;
  readonly project: () => Pick<ProjectRpc, 'receiveMessage'>;
}

export interface Progress {
  readonly taskId: TaskId;
  readonly fencingToken: number;
  readonly activity: AgentActivity;
  readonly usage?: UsageStatement;
}

/** One lane, so that the project sees everything in the order in which it happened. */
const lane = 'project';

export class AgentMailbox {
  readonly #parts: AgentMailboxParts;

  constructor(parts: AgentMailboxParts) {
    this.#parts = parts;
    // SAFETY: entries of these kinds are enqueued only below.
    parts.outbox.on('message', (payload) => this.#deliverKept((payload as { messageId: string }).messageId));
    parts.outbox.on('progress', async (payload) => {
      await this.#deliver(payload as Message);
    });
  }

  /** Sends a message and keeps it. Inside a transaction. */
  send(recipient: Address, messageType: string, content: string, extras: Pick<Message, 'replyTo'> = {}): void {
    const { store, outbox, events, now } = this.#parts;
    const message: Message = { ...this.#compose(recipient, messageType, content), ...extras };
    store.add('sent', message, now());
    events.append([{ type: 'message.sent', messageId: message.messageId, recipient, messageType }], now());
    outbox.enqueue({ lane, kind: 'message', payload: { messageId: message.messageId } });
  }

  /** Tells the project how its task ended. Inside a transaction. */
  sendReport(report: TaskReport): void {
    this.send(this.#projectAddress(), 'task.report', JSON.stringify(report));
  }

  /** Tells the project that nobody knows whether a call took effect. Inside the transaction that parks its step. */
  sendDoubt(report: DoubtReport): void {
    this.send(this.#projectAddress(), 'effect.in_doubt', JSON.stringify(report));
  }

  /** Tells the project that it is known by now. Inside a transaction. */
  sendResolved(resolved: DoubtResolved): void {
    this.send(this.#projectAddress(), 'effect.resolved', JSON.stringify(resolved));
  }

  /** Tells the project that the run does not get on. Inside a transaction. */
  sendStuck(report: StuckReport): void {
    this.send(this.#projectAddress(), 'task.stuck', JSON.stringify(report));
  }

  /** Tells the project what the agent does; not kept, since the project's log has it. Inside a transaction. */
  sendProgress(progress: Progress): void {
    const message = this.#compose(this.#projectAddress(), 'task.progress', JSON.stringify(progress));
    this.#parts.outbox.enqueue({ lane, kind: 'progress', payload: message });
  }

  /** Tells the project how many dead letters the agent has, at once and past the outbox. Rejects when it is not taken. */
  tellDeadLetters(depth: number): Promise<void> {
    return this.#deliver(this.#compose(this.#projectAddress(), 'dead_letters.counted', JSON.stringify({ depth })));
  }

  /** Tells the project what was used, outside of any task. Inside a transaction. */
  sendUsage(usage: UsageStatement): void {
    const message = this.#compose(this.#projectAddress(), 'usage.report', JSON.stringify(usage));
    this.#parts.outbox.enqueue({ lane, kind: 'progress', payload: message });
  }

  #projectAddress(): Address {
    return `project:${this.#parts.events.state.identity?.projectId ?? ''}`;
  }

  #compose(recipient: Address, messageType: string, content: string): Message {
    const { events, ids, now } = this.#parts;
    const { identity, run } = events.state;
    if (identity === undefined) throw new Error('An agent that was not initialized sends no messages.');
    return {
      messageId: ids.create('msg'),
      sender: `agent:${identity.agentId}`,
      recipient,
      messageType,
      content,
      timestamp: now(),
      stamp: {
        workspaceId: identity.workspaceId,
        sequence: events.sequence,
        ...(run === undefined ? {} : { runId: run.runId }),
      },
    };
  }

  async #deliver(message: Message): Promise<void> {
    const received = await this.#parts.project().receiveMessage(message);
    // Being refused for good is an answer too: trying again could only be refused again.
    if (!received.ok && received.error.type !== 'resource.not_found') throw new Error(received.error.detail);
  }

  async #deliverKept(messageId: string): Promise<void> {
    const { store, storage, now } = this.#parts;
    const entry = store.message(messageId);
    if (entry === undefined) return;
    await this.#deliver(entry.message);
    storage.transaction(() => {
      store.acknowledge(messageId, now());
    });
  }
}
