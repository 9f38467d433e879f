/** Checks of acceptance criteria as they were last run: of each slot, and of the tests. */
import { checkKinds, type CheckRecord } from '../../shared/domain/quality/behaviour/criteria.ts';
import { statement, type Storage } from '../platform/index.ts';

export const criterionCheckTable = `
  -- The last run of each check; the scope is a slot, or 'tests'.
  CREATE TABLE criterion_check (
    scope TEXT NOT NULL,
    check_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    criterion_id TEXT,
    passed INTEGER NOT NULL,
    commit_id TEXT NOT NULL,
    evidence TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    PRIMARY KEY (scope, check_id)
  ) STRICT;
`;

export type CheckScope = 'preview' | 'staging' | 'production' | 'tests';

type Row = {
  scope: CheckScope;
  check_id: string;
  kind: string;
  name: string;
  criterion_id: string | null;
  passed: number;
  commit_id: string;
  evidence: string;
  checked_at: number;
};

const put = statement<
  [
    scope: string,
    checkId: string,
    kind: string,
    name: string,
    criterionId: string | null,
    passed: number,
    commit: string,
    evidence: string,
    at: number,
  ]
>`
  INSERT OR REPLACE INTO criterion_check
    (scope, check_id, kind, name, criterion_id, passed, commit_id, evidence, checked_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const dropScope = statement<[scope: string]>`DELETE FROM criterion_check WHERE scope = ?`;
const dropKind = statement<[scope: string, kind: string]>`DELETE FROM criterion_check WHERE scope = ? AND kind = ?`;
const all = statement<[], Row>`
  SELECT scope, check_id, kind, name, criterion_id, passed, commit_id, evidence, checked_at
  FROM criterion_check ORDER BY scope, check_id`;

const toRecord = (row: Row): CheckRecord => ({
  checkId: row.check_id,
  kind: checkKinds.find((kind) => kind === row.kind) ?? 'http',
  name: row.name,
  ...(row.criterion_id === null ? {} : { criterionId: row.criterion_id }),
  passed: row.passed === 1,
  commit: row.commit_id,
  ...(row.scope === 'tests' ? {} : { slot: row.scope }),
  evidence: row.evidence,
  checkedAt: row.checked_at,
});

export class CriterionChecks {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  all(): readonly CheckRecord[] {
    return this.#storage.all(all).map(toRecord);
  }

  /** Replaces what was run in a scope before, or only its checks of one kind. Inside a transaction. */
  replace(scope: CheckScope, checks: readonly CheckRecord[], only?: CheckRecord['kind']): void {
    if (only === undefined) this.#storage.run(dropScope, scope);
    else this.#storage.run(dropKind, scope, only);
    for (const check of checks) {
      const { checkId, kind, name, criterionId, passed, commit, evidence, checkedAt } = check;
      this.#storage.run(
        put,
        scope,
        checkId,
        kind,
        name,
        criterionId ?? null,
        Number(passed),
        commit,
        evidence,
        checkedAt,
      );
    }
  }
}
