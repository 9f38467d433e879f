/**
 * Measuring when somebody asks for it. A run is a timer that measures one kind, keeps what came of it, and sets itself
 * again: so a run that was cut off goes on with the kind it was at, and a cancel is looked at between two kinds.
 */
import { decideMeasurement } from '../../../shared/domain/project/decide.ts';
import { decideRequestedFigures } from '../../../shared/domain/project/decide-quality.ts';
import { figuresOf } from '../../../shared/domain/quality/judge/figures.ts';
import type { Figures } from '../../../shared/domain/quality/judge/gate.ts';
import { err, ok, type Result } from '../../../shared/errors/result.ts';
import type { Measurement } from '../../../shared/protocol/project-events.ts';
import {
  measurableKinds,
  type CoverageFile,
  type MeasurableKind,
  type MeasuringResult,
  type MeasuringView,
} from '../../../shared/rpc/figures.ts';
import type { ScanReport } from '../../../shared/rpc/toolchain.ts';
import { measureMain } from '../measure.ts';
import { findReleased } from '../released.ts';
import { ScanTable } from '../scan-table.ts';
import { isFigureKind, measureFigures, type FigureInput, type FigureKindName } from './measure-figures.ts';
import { MeasuringTable } from './run-tables.ts';
import type { DeskParts } from '../desk-parts.ts';

/** A run that has not ended by then was given up by its timer. */
const givenUpAfterMs = 60 * 60 * 1_000;

/** Time for one kind: mutants of a large change take some minutes, and what is done of them is kept. */
const kindTimeoutMs = 10 * 60 * 1_000;

export interface FigureDeskParts extends DeskParts {
  readonly testMutants: FigureInput['testMutants'];
}

/** What is measured with a scan has a list of `figures` as well, so the scan tells the two apart. */
type Measured =
  | { readonly figures: Figures }
  | { readonly measurements: readonly Measurement[]; readonly commit: string; readonly scan: ScanReport };

const noProject = err({ type: 'resource.not_found' as const, detail: 'There is no such project.' });

export class FigureDesk {
  readonly #parts: FigureDeskParts;
  readonly #table: MeasuringTable;
  readonly #scans: ScanTable;

  constructor(parts: FigureDeskParts) {
    this.#parts = parts;
    this.#table = new MeasuringTable(parts.storage);
    this.#scans = new ScanTable(parts.storage);
    parts.timers.on('figures', () => this.#step(), { timeoutMs: kindTimeoutMs });
  }

  view(): Result<MeasuringView> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const run = this.#table.run();
    return run === undefined
      ? err({ type: 'resource.not_found', detail: 'Nothing was measured on request yet. Start it.' })
      : ok(run);
  }

  lcov(): Result<CoverageFile> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const file = this.#table.lcov();
    return file === undefined
      ? err({ type: 'resource.not_found', detail: 'No coverage was measured yet. Measure it: kind coverage.' })
      : ok(file);
  }

  /** Inside a transaction. */
  start(kinds: readonly MeasurableKind[]): Result<MeasuringView> {
    const { engine, ids, now, timers } = this.#parts;
    if (engine.state.identity === undefined) return noProject;
    const last = this.#table.run();
    if (last?.status === 'running' && last.requestedAt > now() - givenUpAfterMs) {
      return err({
        type: 'resource.conflict',
        detail: 'Something is being measured. Wait until it is done, or cancel it.',
      });
    }
    const view: MeasuringView = {
      runId: ids.create('trn'),
      status: 'running',
      kinds: measurableKinds.filter((kind) => kinds.includes(kind)),
      results: [],
      requestedAt: now(),
    };
    this.#table.save(view);
    timers.set({ name: 'figures', dueAt: now() });
    return ok(view);
  }

  /** Inside a transaction. */
  cancel(): Result<MeasuringView> {
    const found = this.view();
    if (!found.ok || found.value.status !== 'running') return found;
    const view: MeasuringView = { ...found.value, status: 'cancelled', finishedAt: this.#parts.now() };
    this.#table.save(view);
    return ok(view);
  }

  readonly #keepLcov: FigureInput['keepLcov'] = (commit, lcov) => {
    this.#table.keepLcov(commit, lcov);
  };

  async #step(): Promise<void> {
    const view = this.#table.run();
    const kind = view === undefined ? undefined : nextKind(view);
    if (view?.status !== 'running' || kind === undefined) return;
    const measured = await this.#measure(kind, view.runId);
    const { storage, timers, now } = this.#parts;
    storage.transaction(() => {
      this.#record(measured);
      const present = this.#table.run();
      // Cancelled, or begun anew, while it was measured: what was measured counts all the same.
      if (present?.runId !== view.runId || present.status !== 'running') return;
      const results = [...present.results, ...resultsOf(measured, present)];
      const isDone = nextKind({ ...present, results }) === undefined;
      this.#table.save({ ...present, results, ...(isDone ? { status: 'done', finishedAt: now() } : {}) });
      if (!isDone) timers.set({ name: 'figures', dueAt: now() });
    });
  }

  async #measure(kind: MeasurableKind, runId: string): Promise<Measured> {
    const { repository, toolchain, sandbox, app, testMutants } = this.#parts;
    const services = {
      repository: repository(),
      toolchain,
      sandbox,
      runId,
      host: app(),
      testMutants,
      keepLcov: this.#keepLcov,
    };
    if (!isFigureKind(kind)) {
      const released = (commit: string) => findReleased(this.#parts, commit);
      return await measureMain({ ...services, released }, new Set());
    }
    return { figures: await this.#figures(kind, services) };
  }

  async #figures(kind: FigureKindName, services: Omit<FigureInput, 'after' | 'before'>): Promise<Figures> {
    const after = await services.repository.snapshot({ ref: 'main' });
    if (!after.ok) throw new Error(after.error.detail);
    const before = await findReleased(this.#parts, after.value.commit);
    if (!before.ok) throw new Error(before.error.detail);
    return await measureFigures(kind, { ...services, after: after.value, before: before.value });
  }

  /** Inside a transaction. Only what was measured on the version that main is at counts for the project. */
  #record(measured: Measured): void {
    const { engine, now } = this.#parts;
    const commit = 'scan' in measured ? measured.commit : measured.figures.commit;
    if ('scan' in measured) this.#scans.put('main', commit, now(), measured.scan);
    // While the team works, main moves by its merges; afterwards by what people push.
    if (engine.state.status === 'completed' && engine.state.commit !== commit)
      engine.apply(() => [{ type: 'main.moved', commit }]);
    if ('scan' in measured) {
      engine.apply((state) => measured.measurements.flatMap((each) => decideMeasurement(state, each)));
    } else engine.apply((state) => decideRequestedFigures(state, measured.figures, now()));
  }
}

const nextKind = ({ kinds, results }: MeasuringView): MeasurableKind | undefined =>
  kinds.find((kind) => !results.some((result) => result.kind === kind));

const resultsOf = (measured: Measured, { kinds }: MeasuringView): readonly MeasuringResult[] => {
  const all = 'scan' in measured ? measured.measurements.map(figuresOf) : [measured.figures];
  return all.flatMap(({ kind, commit, summary, figures }): readonly MeasuringResult[] => {
    const wanted = kinds.find((each) => each === kind);
    const outcome = Object.keys(figures).length === 0 ? 'not_measured' : 'measured';
    return wanted === undefined ? [] : [{ kind: wanted, commit, outcome, summary }];
  });
};
