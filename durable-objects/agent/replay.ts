/** The agent's part in debugging by replay: its journal and past states to read, and taking over a run in a fork. */
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import type { AgentEvent } from '../../shared/domain/agent/events.ts';
import type { AgentState } from '../../shared/domain/agent/state.ts';
import { hashValue } from '../../shared/domain/replay/canonical.ts';
import { isStep } from '../../shared/domain/replay/verify-run.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { AdoptRun, AgentReplayRpc, JournalEntry, RunPoint, StateHash } from '../../shared/rpc/replay.ts';
import { JournalTable, type EventStore, type Storage } from '../platform/index.ts';

const eventsAtOnce = 200;
/** Values are up to 1 MB each, and an answer between objects up to 32 MB. */
const maxEntries = 24;

export interface AgentReplayParts {
  readonly storage: Storage;
  readonly events: EventStore<AgentState, AgentEvent>;
}

type Query<Method extends keyof AgentReplayRpc> = Parameters<AgentReplayRpc[Method]>[0];

export class AgentReplay {
  readonly #parts: AgentReplayParts;
  readonly #journal: JournalTable;

  constructor(parts: AgentReplayParts) {
    this.#parts = parts;
    this.#journal = new JournalTable(parts.storage);
  }

  stateHash({ sequence }: Query<'stateHash'>): Result<StateHash> {
    const { events } = this.#parts;
    if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > events.sequence)
      return err({ type: 'resource.not_found', detail: `There is no state ${sequence}.` });
    return ok({ sequence, hash: hashValue(events.stateAt(sequence), hashText) });
  }

  journalEntries({ after, limit }: Query<'journalEntries'>): readonly JournalEntry[] {
    return this.#journal
      .page(after, Math.min(limit, maxEntries))
      .map(({ key, effectClass, status, attempt, value, message, startedAt, settledAt }) => ({
        key,
        effectClass,
        status,
        attempt,
        startedAt,
        ...(value === undefined ? {} : { value: JSON.parse(value) as unknown }),
        ...(message === undefined ? {} : { message }),
        ...(settledAt === undefined ? {} : { settledAt }),
      }));
  }

  runPoint({ runId, step }: Query<'runPoint'>): Result<RunPoint> {
    const { events } = this.#parts;
    let found: RunPoint | undefined;
    let steps = 0;
    for (let after = 0, ended = false; !ended;) {
      const page = events.read({ after, limit: eventsAtOnce });
      for (const { sequence, recordedAt, event } of page) {
        after = sequence;
        if (event.type === 'run.started' && event.runId === runId) {
          const { taskId, fencingToken } = event.assignment;
          found = { runId, taskId, fencingToken, step: 0, sequence, startedAt: recordedAt, recordedAt };
        }
        if (found === undefined || !('runId' in event) || event.runId !== runId) continue;
        if (event.type === 'run.finished' || event.type === 'run.cancelled') return lastStep(found, step, steps);
        if (!isStep(event, runId)) continue;
        steps += 1;
        if (steps <= step) found = { ...found, step: steps, sequence, recordedAt };
      }
      ended = page.length < eventsAtOnce;
    }
    if (found === undefined) return err({ type: 'resource.not_found', detail: 'This agent has no such run.' });
    return step <= steps ? ok(found) : beyond(steps);
  }

  /** Inside a transaction. */
  adoptRun({ events, journal }: AdoptRun): Result<{ readonly adopted: true }> {
    const log = this.#parts.events;
    const { identity, run, runsFinished } = log.state;
    if (identity === undefined) return err({ type: 'resource.not_found', detail: 'There is no such agent.' });
    if (run !== undefined || runsFinished > 0)
      return err({ type: 'resource.conflict', detail: 'This agent has worked already.' });
    for (const { recordedAt, event } of events) log.append([event], recordedAt);
    for (const { effectClass, status, value, message, settledAt, ...entry } of journal) {
      if (status !== 'done' && status !== 'failed') continue;
      this.#journal.adopt({
        ...entry,
        // SAFETY: the entry was read from another agent's journal, and a wrong class is read as unsafe.
        effectClass: effectClass as 'pure',
        status,
        value: value === undefined ? undefined : JSON.stringify(value),
        message,
        settledAt,
      });
    }
    return ok({ adopted: true });
  }
}

const beyond = (steps: number): Result<never> =>
  err({
    type: 'request.invalid',
    detail: `The run has ${steps} steps so far.`,
    issues: [{ field: 'at.step', reason: `is more than the ${steps} steps of the run` }],
  });

/** The last step of a run that ended ended it: there is nothing to go on from. */
const lastStep = (point: RunPoint, step: number, steps: number): Result<RunPoint> => {
  if (step < steps) return ok(point);
  return step > steps
    ? beyond(steps)
    : err({
        type: 'request.invalid',
        detail: `Step ${steps} ended the run: fork at a step before it, or at a sequence of the project.`,
        issues: [{ field: 'at.step', reason: 'ended the run' }],
      });
};
