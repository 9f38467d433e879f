/** What the agents' messages mean for the project: signs of life, reports, and notes to pass on. */
import type { StuckReport, TaskReport } from '../../shared/domain/agent/assignment.ts';
import type { DoubtReport, DoubtResolved } from '../../shared/domain/effect/doubt.ts';
import type { UsageStatement } from '../../shared/domain/budget/usage.ts';
import type { AgentId } from '../../shared/domain/ids.ts';
import type { Message } from '../../shared/domain/message/envelope.ts';
import { decideStuck } from '../../shared/domain/project/decide-help.ts';
import { decideReport } from '../../shared/domain/project/decide-report.ts';
import { decideDoubt, decideResolved } from '../../shared/domain/project/doubts.ts';
import { decideDeadLetters, decideProgress } from '../../shared/domain/project/decide.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { ProjectBudgetDesk } from './budget.ts';
import type { Engine } from './engine.ts';
import type { Mailbox } from './mailbox.ts';
import type { ProjectStore } from './store.ts';

export interface InboundParts {
  readonly engine: Engine;
  readonly store: ProjectStore;
  readonly mailbox: Mailbox;
  readonly budget: Pick<ProjectBudgetDesk, 'take'>;
  readonly ids: Ids;
  readonly now: () => number;
}

type AgentProgress = Parameters<typeof decideProgress>[1] & { readonly usage?: UsageStatement };

// SAFETY: the sender was found in the roster before, by this very form.
const agentIdOf = (sender: string): AgentId => sender.slice('agent:'.length) as AgentId;

/** What was used counts also when the task has passed on to somebody else. */
const takeProgress = ({ engine, budget, now }: InboundParts, sender: string, progress: AgentProgress): void => {
  if (progress.usage !== undefined) budget.take(agentIdOf(sender), progress.usage);
  engine.apply((state) => decideProgress(state, progress, now()));
};

/** Takes a message of one of the project's own agents. Inside a transaction. */
export const takeMessage = (parts: InboundParts, message: Message): void => {
  const { engine, store, mailbox, budget, ids, now } = parts;
  switch (message.messageType) {
    case 'task.progress':
      // SAFETY: the sender is an agent object of this project, which writes this content with `sendProgress`.
      takeProgress(parts, message.sender, JSON.parse(message.content) as AgentProgress);
      return;
    case 'usage.report':
      // SAFETY: as above, with `sendUsage`.
      budget.take(agentIdOf(message.sender), JSON.parse(message.content) as UsageStatement);
      return;
    case 'task.report':
      store.addMessage(message);
      // SAFETY: as above, with `sendReport`.
      engine.apply((state) => decideReport(state, JSON.parse(message.content) as TaskReport, { ids, now: now() }));
      return;
    case 'effect.in_doubt':
      store.addMessage(message);
      // SAFETY: as above, with `sendDoubt`; the sender was found on the roster.
      engine.apply((state) =>
        decideDoubt(state, agentIdOf(message.sender), JSON.parse(message.content) as DoubtReport),
      );
      return;
    case 'effect.resolved':
      // SAFETY: as above, with `sendResolved`.
      engine.apply((state) => decideResolved(state, JSON.parse(message.content) as DoubtResolved, now()));
      return;
    case 'dead_letters.counted': {
      // SAFETY: as above, with `tellDeadLetters`.
      const { depth } = JSON.parse(message.content) as { depth: number };
      engine.apply((state) => decideDeadLetters(state, agentIdOf(message.sender), depth));
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
