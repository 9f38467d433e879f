/**
 * The hub of a project's messages: what agents and people send passes through here, is stamped, kept for the
 * communication monitor, and delivered through the outbox until acknowledged.
 */
import type { TaskAssignment } from '../../shared/domain/agent/assignment.ts';
import type { AgentId, MessageId } from '../../shared/domain/ids.ts';
import type { Acknowledgement, Message } from '../../shared/domain/message/envelope.ts';
import { isResting } from '../../shared/domain/project/roster.ts';
import { findHeldTask } from '../../shared/domain/project/decide.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { AgentRpc } from '../../shared/rpc/agent.ts';
import type { Outbox, Storage } from '../platform/index.ts';
import type { Engine } from './engine.ts';
import { settleSeat } from './seats.ts';
import type { ProjectStore } from './store.ts';

const excerptLength = 200;

export interface MailboxParts {
  readonly storage: Storage;
  readonly outbox: Outbox;
  readonly store: ProjectStore;
  readonly engine: Engine;
  readonly ids: Ids;
  readonly now: () => number;
  readonly agent: (agentId: AgentId) => AgentRpc;
  readonly enroll: (agentId: AgentId) => Promise<void>;
}

interface Posted {
  readonly messageId: MessageId;
  readonly recipient: string;
}

/** What a message says besides its text. */
export type MessageExtras = Pick<Message, 'replyTo' | 'metadata' | 'attachments'>;

export class Mailbox {
  readonly #parts: MailboxParts;

  constructor(parts: MailboxParts) {
    this.#parts = parts;
    // SAFETY: entries of this kind are enqueued only by `#post`.
    parts.outbox.on('message', (payload) => this.#deliver(payload as Posted));
  }

  /** Sends a message of the project's own to one agent. Inside a transaction. */
  send(recipient: string, messageType: string, content: string): void {
    const { identity } = this.#parts.engine.state;
    this.#post(this.#compose(`project:${identity?.projectId ?? ''}`, recipient, messageType, content));
  }

  /**
   * Passes a message on to everybody it is meant for: an agent, a role, or `*`. Inside a transaction.
   * @returns the id, or undefined when the recipient is nobody of this project.
   */
  relay(
    sender: string,
    recipient: string,
    messageType: string,
    content: string,
    extras: MessageExtras = {},
  ): MessageId | undefined {
    const { state } = this.#parts.engine;
    const { agents, identity } = state;
    const isProject = recipient === `project:${identity?.projectId ?? ''}`;
    const seats = agents.filter(
      ({ agentId, role }) =>
        `agent:${agentId}` !== sender &&
        (recipient === `agent:${agentId}` ||
          (!isResting(state, agentId) && (recipient === '*' || recipient === `role:${role}`))),
    );
    if (seats.length === 0 && !isProject) return undefined;
    const message = { ...this.#compose(sender, recipient, messageType, content), ...extras };
    if (isProject) this.#parts.store.addMessage(message);
    for (const { agentId } of seats) this.#post({ ...message, recipient: `agent:${agentId}` });
    const relayed: ProjectEvent = {
      type: 'message.relayed',
      messageId: message.messageId,
      sender,
      recipient,
      messageType,
      excerpt: content.slice(0, excerptLength),
    };
    this.#parts.engine.apply(() => [relayed]);
    return message.messageId;
  }

  /** `relay`, with a refusal that names the recipient when it is nobody. Inside a transaction. */
  relayOrRefuse(...message: Parameters<Mailbox['relay']>): Result<{ readonly messageId: MessageId }> {
    const messageId = this.relay(...message);
    return messageId === undefined
      ? err({
          type: 'resource.not_found',
          detail: `Nobody in this project is ${message[1]}.`,
          issues: [{ field: 'recipient', reason: 'is nobody of this project' }],
        })
      : ok({ messageId });
  }

  #compose(sender: string, recipient: string, messageType: string, content: string): Message {
    const { engine, ids, now } = this.#parts;
    const { identity } = engine.state;
    if (identity === undefined) throw new Error('A project that does not exist sends no messages.');
    return {
      messageId: ids.create('msg'),
      sender,
      recipient,
      messageType,
      content,
      timestamp: now(),
      stamp: { workspaceId: identity.workspaceId, sequence: engine.events.sequence },
    };
  }

  #post(message: Message): void {
    const { messageId, recipient } = message;
    this.#parts.store.addMessage(message);
    this.#parts.outbox.enqueue({
      lane: recipient.replace(':', '/'),
      kind: 'message',
      payload: { messageId, recipient },
    });
  }

  /** An assignment that was taken back before it left would only begin work that nobody wants. */
  #isStale({ messageType, content }: Message): boolean {
    if (messageType !== 'task.assign') return false;
    // SAFETY: the content of an assignment is written by the engine alone.
    const { taskId, fencingToken } = JSON.parse(content) as TaskAssignment;
    return findHeldTask(this.#parts.engine.state, taskId, fencingToken) === undefined;
  }

  async #deliver({ messageId, recipient }: Posted): Promise<void> {
    const { store, storage, now, agent, engine, outbox } = this.#parts;
    const stored = store.message(messageId, recipient);
    if (stored === undefined || this.#isStale(stored.message)) return;
    // SAFETY: recipients of posted messages are made from the roster's agent ids.
    const agentId = recipient.slice('agent:'.length) as AgentId;
    let received = await agent(agentId).receiveMessage(stored.message);
    if (!received.ok && received.error.type === 'resource.not_found') {
      await this.#parts.enroll(agentId);
      // The project may have been cancelled meanwhile, and an agent that was not there could not be stood down.
      if (this.#isStale(stored.message)) return;
      received = await agent(agentId).receiveMessage(stored.message);
    }
    if (!received.ok) throw new Error(received.error.detail);
    const acknowledgement: Acknowledgement = received.value;
    storage.transaction(() => {
      store.acknowledgeMessage(acknowledgement.messageId, recipient, now());
      // The message has woken it.
      if (isResting(engine.state, agentId)) outbox.enqueue(settleSeat(agentId));
      engine.announce();
    });
  }
}
