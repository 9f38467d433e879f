/** How the parts that drive an agent's runs hang together. */
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentIdentity, AgentState } from '../../shared/domain/agent/state.ts';
import { resolveModel } from '../models.ts';
import { createObjectCaller } from '../object-caller.ts';
import type { EventStore, Journal, Problem, Storage, Timers } from '../platform/index.ts';
import { projectStub } from '../stubs.ts';
import { Budget } from './budget.ts';
import { Doubts } from './doubts.ts';
import type { AgentEnvironment } from './environment.ts';
import type { AgentMailbox } from './mailbox.ts';
import { ModelCallTable } from './model-call-table.ts';
import { ModelLedger } from './model-ledger.ts';
import { ModelStep } from './model-step.ts';
import { RunLog } from './run-log.ts';
import { Runner } from './runner.ts';
import { createToolContext } from './tool-context.ts';
import { ToolStep } from './tool-step.ts';

export interface WiringParts {
  readonly env: AgentEnvironment;
  /** The object's lasting name. */
  readonly object: string;
  readonly storage: Storage;
  readonly timers: Timers;
  readonly journal: Journal;
  readonly now: () => number;
  readonly events: EventStore<AgentState, AgentEvent>;
  readonly mailbox: AgentMailbox;
  readonly identity: () => AgentIdentity;
  readonly waitUntil: (work: Promise<unknown>) => void;
  readonly report: (problem: Problem) => void;
}

export interface AgentWork {
  readonly budget: Budget;
  readonly calls: ModelCallTable;
  readonly ledger: ModelLedger;
  readonly log: RunLog;
  readonly doubts: Doubts;
  readonly runner: Runner;
}

/** Makes them; registers the timers they use. */
export const wireAgent = ({ env, identity, object, waitUntil, report, ...shared }: WiringParts): AgentWork => {
  const budget = new Budget({
    ...shared,
    state: () => shared.events.state,
    project: () => projectStub(env, identity().workspaceId, identity().projectId),
    finish: (run, outcome) => {
      log.finish(run, outcome);
    },
  });
  const log: RunLog = new RunLog({ ...shared, budget });
  const parts = { ...shared, budget, log };
  const calls = new ModelCallTable(shared.storage);
  const ledger = new ModelLedger({ ...parts, table: calls });
  const doubts = new Doubts({ ...parts, object });
  const objects = createObjectCaller(env, report);
  const caller = { workspaceId: () => identity().workspaceId, waitUntil };
  const runner = new Runner({
    ...parts,
    waitUntil,
    modelStep: new ModelStep({ ...parts, ledger, resolveModel: (name) => resolveModel(name, env, caller) }),
    toolStep: new ToolStep({
      ...parts,
      doubts,
      toolContext: (run, step) => createToolContext(env, objects, identity(), run, step),
    }),
  });
  return { budget, calls, ledger, log, doubts, runner };
};
