/**
 * Mutation testing of the head of main. A run is a timer: it prepares, tests batch after batch, and keeps each verdict
 * as soon as it is there, so a run that was cut off goes on by itself and repeats at most one batch.
 */
import { hashText } from '../../shared/adapters/crypto/text-hash.ts';
import { decideRequestedFigures } from '../../shared/domain/project/decide-quality.ts';
import { measureCoverage } from '../../shared/adapters/services/measure-coverage.ts';
import {
  prepareMutation,
  runMutantBatch,
  type PreparedMutation,
} from '../../shared/adapters/services/mutation-testing.ts';
import { linesOfChange, type State } from '../../shared/domain/quality/figures/change.ts';
import type { Figures } from '../../shared/domain/quality/judge/gate.ts';
import { evidenceOf } from '../../shared/domain/quality/mutation/evidence.ts';
import { mutantKey } from '../../shared/domain/quality/mutation/mutant.ts';
import { nextBatch, verdictsWithoutRun, type Verdict } from '../../shared/domain/quality/mutation/verdicts.ts';
import { isTestFile } from '../../shared/domain/tool/check-tools.ts';
import { err, ok, type Result } from '../../shared/errors/result.ts';
import type { MutationReport, MutationView, StartMutation } from '../../shared/rpc/mutation.ts';
import type { SourceFiles } from '../../shared/rpc/toolchain.ts';
import { figuresOfMutation, reportMutation } from './mutation-report.ts';
import { findReleased } from './released.ts';
import { MutationStore } from './mutation-store.ts';
import type { DeskParts } from './desk-parts.ts';

const batchSize = 50;

/** Mutants of a change that are tested for a gate; of more a sample is taken. */
const mutantsOfGate = 100;

/** A run that is not done by then has given up its attempts. */
const givenUpAfterMs = 60 * 60 * 1_000;

/** A verdict that rests on chance is not kept. */
const isKept = ({ status }: Verdict): boolean => status === 'killed' || status === 'survived';

interface MutationRun {
  readonly report: MutationReport;
  readonly figures: readonly Figures[];
  /** Mutants with a verdict. */
  readonly progress: number;
}

const noProject = err({ type: 'resource.not_found' as const, detail: 'There is no such project.' });

interface MutationDeskParts extends DeskParts {
  /** Does a command once; a repeat gets the first answer. */
  readonly once: <T>(commandId: string, body: unknown, handle: () => Result<T>) => Result<T>;
}

export class MutationDesk {
  readonly #parts: MutationDeskParts;
  readonly #store: MutationStore;

  constructor(parts: MutationDeskParts) {
    this.#parts = parts;
    this.#store = new MutationStore(parts.storage);
    parts.timers.on('mutation', () => this.#run());
  }

  view(): Result<MutationView> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const run = this.#store.run();
    return run === undefined
      ? err({ type: 'resource.not_found', detail: 'No mutation test was run yet. Start one.' })
      : ok(run);
  }

  /** A repeat of the command is answered as the first was. */
  start(command: StartMutation): Result<MutationView> {
    return this.#parts.once(command.commandId, command, () => this.#start(command));
  }

  #start({ limit, since }: StartMutation): Result<MutationView> {
    if (this.#parts.engine.state.identity === undefined) return noProject;
    const last = this.#store.run();
    if (last?.status === 'running' && last.requestedAt > this.#parts.now() - givenUpAfterMs) {
      return err({ type: 'resource.conflict', detail: 'A mutation test is running. Wait until it is done.' });
    }
    const { ids, timers, now } = this.#parts;
    const view: MutationView = {
      runId: ids.create('trn'),
      status: 'running',
      limit,
      ...(since === undefined ? {} : { since }),
      requestedAt: now(),
      progress: 0,
    };
    this.#store.saveRun(view);
    timers.set({ name: 'mutation', dueAt: now() });
    return ok(view);
  }

  async #run(): Promise<void> {
    const view = this.#store.run();
    if (view?.status !== 'running') return;
    const done = await this.#testMain(view);
    this.#parts.storage.transaction(() => {
      const finishedAt = this.#parts.now();
      if (done.ok) {
        const { report, figures, progress } = done.value;
        this.#store.saveRun({ ...view, status: 'done', progress, finishedAt, report });
        for (const each of figures)
          this.#parts.engine.apply((state) => decideRequestedFigures(state, each, finishedAt));
      } else this.#store.saveRun({ ...view, status: 'refused', finishedAt, reason: done.error.detail });
      this.#store.dropOld(finishedAt);
    });
  }

  async #testMain(view: MutationView): Promise<Result<MutationRun>> {
    const { repository } = this.#parts;
    const after = await repository().snapshot({ ref: 'main' });
    if (!after.ok) return after;
    const before = view.since === undefined ? undefined : await repository().snapshot({ ref: view.since });
    if (before?.ok === false) return before;
    const released = await findReleased(this.#parts, after.value.commit);
    if (!released.ok) return released;
    const tested = await this.#test(after.value, before?.value, released.value, view.limit, view.runId, (progress) => {
      this.#store.saveRun({ ...view, progress });
    });
    const isOfOtherLines = before !== undefined && before.value.commit !== released.value?.commit;
    return tested.ok && isOfOtherLines ? ok({ ...tested.value, figures: [] }) : tested;
  }

  /** Tests the mutants of the change since the version before, and answers the figures that gates look at. */
  async measure(after: State, released: State | undefined, runId: string): Promise<Result<readonly Figures[]>> {
    const tested = await this.#test(after, released, released, mutantsOfGate, runId, () => undefined);
    return tested.ok ? ok(tested.value.figures) : tested;
  }

  async #test(
    after: State,
    before: State | undefined,
    released: State | undefined,
    limit: number,
    runId: string,
    tell: (progress: number) => void,
  ): Promise<Result<MutationRun>> {
    const { toolchain, sandbox, app } = this.#parts;
    const { files } = after;
    const changed = before === undefined ? undefined : linesOfChange(before, after);
    const parts = { toolchain, sandbox, runId, host: app() };
    const entries = Object.keys(files).filter(isTestFile);
    const lines = changed && Object.fromEntries([...changed].map(([file, set]) => [file, [...set]]));
    const request = { files, entries, limit, seed: 'mutation', ...(lines === undefined ? {} : { lines }) };
    const prepared = await prepareMutation(parts, request);
    if (!prepared.ok) return prepared;
    const verdicts = await this.#verdicts(parts, prepared.value, files, tell);
    const coverage = await measureCoverage(parts, files, entries);
    if (!coverage.ok) return coverage;
    const input = { after, prepared: prepared.value, verdicts, coverage: coverage.value.files, changed };
    return ok({
      report: reportMutation(input),
      figures: figuresOfMutation(input, released),
      progress: verdicts.size,
    });
  }

  async #verdicts(
    parts: Parameters<typeof runMutantBatch>[0],
    { build, plans }: PreparedMutation,
    files: SourceFiles,
    tell: (progress: number) => void,
  ): Promise<ReadonlyMap<string, Verdict>> {
    const hashes = new Map<string, string>();
    const hashOf = (text: string): string => {
      const known = hashes.get(text) ?? hashText(text);
      hashes.set(text, known);
      return known;
    };
    const evidence = new Map(
      plans.map((plan) => [mutantKey(plan.mutant), hashText(evidenceOf(plan, files, build.reaches, hashOf))]),
    );
    const verdicts = new Map<string, Verdict>(verdictsWithoutRun(plans));
    for (const [key, hash] of evidence) {
      const known = verdicts.has(key) ? undefined : this.#store.verdict(hash);
      if (known !== undefined) verdicts.set(key, known);
    }
    for (
      let batch = nextBatch(plans, verdicts, batchSize);
      batch.length > 0;
      batch = nextBatch(plans, verdicts, batchSize)
    ) {
      const found = await runMutantBatch(parts, build, batch);
      for (const [key, verdict] of found) verdicts.set(key, verdict);
      this.#parts.storage.transaction(() => {
        const now = this.#parts.now();
        for (const [key, verdict] of found) {
          if (isKept(verdict)) this.#store.saveVerdict(evidence.get(key) ?? key, verdict, now);
        }
        tell(verdicts.size);
      });
    }
    return verdicts;
  }
}
