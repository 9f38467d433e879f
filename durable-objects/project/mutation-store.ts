/** The tables of mutation testing: the last run, and verdicts by what they rest on. */
import type { Verdict } from '../../shared/domain/quality/mutation/verdicts.ts';
import type { MutationView } from '../../shared/rpc/mutation.ts';
import { statement, type Storage } from '../platform/index.ts';

export const mutationTables = `
  -- The last run, as it is shown.
  CREATE TABLE mutation_run (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    view TEXT NOT NULL
  ) STRICT;
  -- A verdict holds while the texts that its tests load are the same: the key is their hash.
  CREATE TABLE mutant_verdict (
    evidence TEXT PRIMARY KEY,
    verdict TEXT NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT;
`;

/** Verdicts that no run has used for so long are dropped. */
const keptForMs = 30 * 24 * 60 * 60 * 1_000;

const selectRun = statement<[], { view: string }>`SELECT view FROM mutation_run`;
const putRun = statement<[view: string]>`INSERT OR REPLACE INTO mutation_run (id, view) VALUES (1, ?)`;
const selectVerdict = statement<[evidence: string], { verdict: string }>`
  SELECT verdict FROM mutant_verdict WHERE evidence = ?`;
const putVerdict = statement<[evidence: string, verdict: string, usedAt: number]>`
  INSERT OR REPLACE INTO mutant_verdict (evidence, verdict, used_at) VALUES (?, ?, ?)`;
const dropVerdicts = statement<[before: number]>`DELETE FROM mutant_verdict WHERE used_at < ?`;

export class MutationStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  run(): MutationView | undefined {
    const row = this.#storage.first(selectRun);
    // SAFETY: the column is written by `saveRun` alone.
    return row === undefined ? undefined : (JSON.parse(row.view) as MutationView);
  }

  saveRun(view: MutationView): void {
    this.#storage.run(putRun, JSON.stringify(view));
  }

  verdict(evidence: string): Verdict | undefined {
    const row = this.#storage.first(selectVerdict, evidence);
    // SAFETY: the column is written by `saveVerdict` alone.
    return row === undefined ? undefined : (JSON.parse(row.verdict) as Verdict);
  }

  saveVerdict(evidence: string, verdict: Verdict, now: number): void {
    this.#storage.run(putVerdict, evidence, JSON.stringify(verdict), now);
  }

  dropOld(now: number): void {
    this.#storage.run(dropVerdicts, now - keptForMs);
  }
}
