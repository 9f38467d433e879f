/** What the agents' messages mean for the project: signs of life, reports, and notes to pass on. */
import type { TaskReport } from '../../shared/domain/agent/assignment.ts';
import type { Message } from '../../shared/domain/message/envelope.ts';
import { decideReport } from '../../shared/domain/project/decide-report.ts';
import { decideProgress } from '../../shared/domain/project/decide.ts';
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
      engine.apply((state) => decideReport(state, JSON.parse(message.content) as TaskReport, ids));
      return;
    default:
      mailbox.relay(message.sender, message.recipient, message.messageType, message.content);
  }
};
