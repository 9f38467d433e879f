/** Generation of tests for the head of main. A run is a timer; one that was cut off begins anew and comes to the same. */
import { generateTests } from '../../shared/adapters/services/test-generation.ts';
import { apiTests } from '../../shared/domain/quality/generation/api-tests.ts';
import type { GenerationReport } from '../../shared/domain/quality/generation/report.ts';
import { sourcesUnder } from '../../shared/domain/quality/generation/sources.ts';
import { isTestFile } from '../../shared/domain/tool/check-tools.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { GenerationView, StartGeneration } from '../../shared/rpc/generation.ts';
import { statement } from '../platform/index.ts';
import type { DeskParts } from './desk-parts.ts';

export const generationTable = `
  -- The last run, as it is shown.
  CREATE TABLE generation_run (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    view TEXT NOT NULL
  ) STRICT;
`;

/** A run that is not done by then has given up its attempts. */
const givenUpAfterMs = 30 * 60 * 1_000;
/** A row holds a megabyte: of more, the files that notice least are left out. */
const mostCharacters = 600_000;
const mostListed = 100;

const noProject = err({ type: 'resource.not_found' as const, detail: 'There is no such project.' });

const selectRun = statement<[], { view: string }>`SELECT view FROM generation_run`;
const putRun = statement<[view: string]>`INSERT OR REPLACE INTO generation_run (id, view) VALUES (1, ?)`;

/** What fits into a row. */
const bounded = (report: GenerationReport): GenerationReport => {
  let left = mostCharacters;
  const files = [...report.files]
    .sort((a, b) => b.kills - a.kills)
    .filter(({ content }) => (left -= content.length) >= 0);
  const leftOut = report.files
    .filter((file) => !files.includes(file))
    .map(({ path }) => ({ path, reason: 'there are more tests than one run keeps: generate for a part of the code' }));
  return {
    ...report,
    files,
    dropped: [...report.dropped, ...leftOut].slice(0, mostListed),
    refuted: report.refuted.slice(0, mostListed),
    skipped: report.skipped.slice(0, mostListed),
  };
};

interface GenerationDeskParts extends DeskParts {
  /** Does a command once; a repeat gets the first answer. */
  readonly once: <T>(commandId: string, body: unknown, handle: () => Result<T>) => Result<T>;
}

export class GenerationDesk {
  readonly #parts: GenerationDeskParts;

  constructor(parts: GenerationDeskParts) {
    this.#parts = parts;
    parts.timers.on('generation', () => this.#run());
  }

  view(): Result<GenerationView> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const run = this.#last();
    return run === undefined
      ? err({ type: 'resource.not_found', detail: 'No tests were generated yet. Start it.' })
      : ok(run);
  }

  /** A repeat of the command is answered as the first was. */
  start(command: StartGeneration): Result<GenerationView> {
    return this.#parts.once(command.commandId, command, () => this.#start(command));
  }

  #start({ limit, path, seed }: StartGeneration): Result<GenerationView> {
    const { engine, now, ids, timers } = this.#parts;
    if (engine.state.identity === undefined) return noProject;
    const last = this.#last();
    if (last?.status === 'running' && last.requestedAt > now() - givenUpAfterMs)
      return err({ type: 'resource.conflict', detail: 'Tests are being generated. Wait until it is done.' });
    const view: GenerationView = {
      runId: ids.create('trn'),
      status: 'running',
      limit,
      ...(path === undefined ? {} : { path }),
      seed,
      requestedAt: now(),
      progress: 0,
    };
    this.#save(view);
    timers.set({ name: 'generation', dueAt: now() });
    return ok(view);
  }

  #last(): GenerationView | undefined {
    const row = this.#parts.storage.first(selectRun);
    // SAFETY: the column is written by `#save` alone.
    return row === undefined ? undefined : (JSON.parse(row.view) as GenerationView);
  }

  #save(view: GenerationView): void {
    this.#parts.storage.run(putRun, JSON.stringify(view));
  }

  async #run(): Promise<void> {
    const view = this.#last();
    if (view?.status !== 'running') return;
    const done = await this.#generate(view);
    this.#parts.storage.transaction(() => {
      const finishedAt = this.#parts.now();
      this.#save(
        done.ok
          ? { ...view, status: 'done', progress: 1, finishedAt, report: done.value }
          : { ...view, status: 'refused', finishedAt, reason: done.error.detail },
      );
    });
  }

  async #generate(view: GenerationView): Promise<Result<GenerationReport & { readonly commit: string }>> {
    const { repository, toolchain, sandbox, app, storage } = this.#parts;
    const snapshot = await repository().snapshot({ ref: 'main' });
    if (!snapshot.ok) return snapshot;
    const { commit, files } = snapshot.value;
    const sources = sourcesUnder(files, view.path);
    if (sources.length === 0)
      return err({ type: 'resource.conflict', detail: `There is no code at ${view.path ?? 'main'}.` });
    const progress = (share: number): void => storage.transaction(() => this.#save({ ...view, progress: share }));
    const parts = { toolchain, sandbox, runId: view.runId, host: app(), progress };
    const { limit, seed } = view;
    const tests = Object.keys(files).filter(isTestFile);
    const more = view.path === undefined ? apiTests(files) : [];
    const report = await generateTests(parts, { files, tests, sources, more, limit, seed });
    return report.ok ? ok({ ...bounded(report.value), commit }) : report;
  }
}
