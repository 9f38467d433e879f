/**
 * A project's events, told as they come, from where the conversation has heard of them to where somebody else is to
 * act: the project has ended, is paused, or asks a question.
 */
import type { ProjectId } from '../../../shared/domain/ids.ts';
import { progressOfReport } from '../../../shared/domain/progress/of-report.ts';
import { advance, initialProgress, type ProgressState } from '../../../shared/domain/progress/state.ts';
import { mayRest, tell, type Told } from '../../../shared/domain/team-chat/telling.ts';
import { ok, type AppError, type Result } from '../../../shared/errors/result.ts';
import type { CancelSignal, ModelEvent } from '../../../shared/ports/model-client.ts';
import type { ProjectEvent } from '../../../shared/protocol/project-events.ts';
import { isFinalStatus } from '../../../shared/protocol/project-events.ts';
import type { ProjectView, StoredProjectEvent } from '../../../shared/rpc/project.ts';
import type { AppContext } from '../app-environment.ts';
import { askProject } from '../project-access.ts';
import type { EventFrames } from '../services.ts';
import { readProject, readReport } from './project-desk.ts';

/** `rests`: somebody else is to act. `waits`: the time is over. `left`: nobody reads any more. */
export type Outcome = Result<'rests' | 'waits' | 'left'>;

const pageSize = 1_000;
/** How often it is looked whether the reader has left. */
const pollMs = 1_000;
/** Connections one after another that brought nothing. */
const mostFruitless = 5;

const isAtRest = ({ status, openQuestions }: ProjectView): boolean =>
  isFinalStatus(status) || status === 'paused' || openQuestions > 0;

const toEvents = ({ reasoning, content }: Told): readonly ModelEvent[] => [
  ...(reasoning === undefined ? [] : [{ type: 'reasoning_delta' as const, text: reasoning }]),
  ...(content === undefined ? [] : [{ type: 'text_delta' as const, text: content }]),
];

export class Following {
  readonly #context: AppContext;
  readonly #projectId: ProjectId;
  #state: ProgressState;

  private constructor(context: AppContext, projectId: ProjectId, state: ProgressState) {
    this.#context = context;
    this.#projectId = projectId;
    this.#state = state;
  }

  /** From after that event on; of one that is ahead of the project's log, from its end. */
  static async start(context: AppContext, projectId: ProjectId, after: number): Promise<Result<Following>> {
    if (after === 0) return ok(new Following(context, projectId, initialProgress));
    const report = await readReport(context, projectId);
    if (!report.ok) return report;
    const state = progressOfReport(report.value, Math.min(after, report.value.sequence));
    return ok(new Following(context, projectId, state));
  }

  /** The last event that was told. */
  get sequence(): number {
    return this.#state.sequence;
  }

  /** Tells what has happened up to now. */
  async *untilNow(): AsyncGenerator<ModelEvent, Result<true>> {
    for (;;) {
      const query = { after: this.sequence, limit: pageSize };
      const page = await askProject(this.#context, this.#projectId, (project) => project.events(query));
      if (!page.ok) {
        if (!this.#skip(page.error)) return page;
        continue;
      }
      for (const stored of page.value) yield* this.#take(stored);
      if (page.value.length < pageSize) return ok(true);
    }
  }

  /** Tells what happens until the project rests, at most until that time. */
  async *untilRest(deadline: number, signal: CancelSignal | undefined): AsyncGenerator<ModelEvent, Outcome> {
    const told = yield* this.untilNow();
    if (!told.ok) return told;
    const view = await readProject(this.#context, this.#projectId);
    if (!view.ok) return view;
    if (isAtRest(view.value)) {
      const rest = yield* this.untilNow();
      return rest.ok ? ok('rests') : rest;
    }
    for (let fruitless = 0; ;) {
      const before = this.sequence;
      const frames = await this.#connect();
      if (!frames.ok) {
        if (!this.#skip(frames.error)) return frames;
        continue;
      }
      const outcome = yield* this.#read(frames.value, deadline, signal);
      if (outcome !== undefined) return outcome;
      fruitless = this.sequence > before ? 0 : fruitless + 1;
      if (fruitless >= mostFruitless) return ok('waits');
    }
  }

  /** Reads one connection to its end; undefined when it ended by itself. */
  async *#read(
    frames: EventFrames,
    deadline: number,
    signal: CancelSignal | undefined,
  ): AsyncGenerator<ModelEvent, Outcome | undefined> {
    const { clock } = this.#context.var.services;
    try {
      for (;;) {
        const frame = await frames.next(Math.max(1, Math.min(pollMs, deadline - clock.now())));
        if (signal?.aborted === true) return ok('left');
        if (frame.type === 'closed') return undefined;
        if (frame.type === 'event') {
          // SAFETY: frames come from the project's own log.
          const stored = { ...frame, event: frame.event as ProjectEvent };
          yield* this.#take(stored);
          const view = mayRest(stored.event) ? await readProject(this.#context, this.#projectId) : undefined;
          if (view !== undefined && !view.ok) return view;
          if (view !== undefined && isAtRest(view.value)) return ok('rests');
        }
        if (clock.now() >= deadline) return ok('waits');
      }
    } finally {
      frames.close();
    }
  }

  *#take(stored: StoredProjectEvent): Generator<ModelEvent, void> {
    if (stored.sequence <= this.sequence) return;
    this.#state = advance(this.#state, stored);
    yield* toEvents(tell(this.#state, stored.event));
  }

  /** Events that are no longer kept cannot be told. True when there was something to skip. */
  #skip({ type, oldestSequence }: AppError): boolean {
    if (type !== 'cursor.gone' || oldestSequence === undefined || oldestSequence <= this.sequence + 1) return false;
    this.#state = { ...this.#state, sequence: oldestSequence - 1 };
    return true;
  }

  async #connect(): Promise<Result<EventFrames>> {
    const { services, principal, requestId } = this.#context.var;
    const object = services.objects.project(principal.workspaceId, this.#projectId);
    return await services.streams.frames(object, this.sequence, { log: services.log, requestId, part: 'event log' });
  }
}
