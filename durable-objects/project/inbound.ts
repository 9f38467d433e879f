/** What the agents' messages mean for the project: signs of life, reports, and notes to pass on. */
import type { StuckReport, TaskReport } from '../../shared/domain/agent/assignment.ts';
import type { DoubtReport, DoubtResolved } from '../../shared/domain/effect/doubt.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import type { Message } from '../../shared/domain/message/envelope.ts';
import { decideStuck } from '../../shared/domain/project/decide-help.ts';
import { decideReport } from '../../shared/domain/project/decide-report.ts';
import { decideDoubt, decideResolved } from '../../shared/domain/project/doubts.ts';
import { decideDeadLetters, decideProgress } from '../../shared/domain/project/decide.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { Engine } from './engine.ts';
import type { Mailbox } from './mailbox.ts';
import type { ProjectStore } from './store.ts';

export interface InboundParts {
  readonly engine: Engine;
  readonly store: ProjectStore;
  readonly mailbox: Mailbox;
  readonly ids: Ids;
  readonly now: () => number;
}

// SAFETY: messages are taken only of agents on the roster, whose addresses have this form.
const agentIdOf = ({ sender }: Message): AgentId => sender.slice('agent:'.length) as AgentId;

/** Takes a message of one of the project's own agents. Inside a transaction. */
export const takeMessage = ({ engine, store, mailbox, ids, now }: InboundParts, message: Message): void => {
  switch (message.messageType) {
    case 'task.progress':
      // SAFETY: the sender is an agent object of this project, which writes this content with `sendProgress`.
      engine.apply((state) =>
        decideProgress(state, JSON.parse(message.content) as Parameters<typeof decideProgress>[1], now()),
      );
      return;
    case 'task.report':
      store.addMessage(message);
      // SAFETY: as above, with `sendReport`.
      engine.apply((state) => decideReport(state, JSON.parse(message.content) as TaskReport, { ids, now: now() }));
      return;
    case 'effect.in_doubt':
      store.addMessage(message);
      // SAFETY: as above, with `sendDoubt`; the sender was found on the roster.
      engine.apply((state) => decideDoubt(state, agentIdOf(message), JSON.parse(message.content) as DoubtReport));
      return;
    case 'effect.resolved':
      // SAFETY: as above, with `sendResolved`.
      engine.apply((state) => decideResolved(state, JSON.parse(message.content) as DoubtResolved, now()));
      return;
    case 'dead_letters.counted': {
      // SAFETY: as above, with `tellDeadLetters`.
      const { depth } = JSON.parse(message.content) as { depth: number };
      engine.apply((state) => decideDeadLetters(state, agentIdOf(message), depth));
      return;
    }
    case 'task.stuck':
      store.addMessage(message);
      // SAFETY: as above, with `sendStuck`.
      engine.apply((state) => decideStuck(state, JSON.parse(message.content) as StuckReport));
      return;
    default:
      mailbox.relay(message.sender, message.recipient, message.messageType, message.content);
  }
};
