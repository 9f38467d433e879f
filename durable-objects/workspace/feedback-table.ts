/** Answers by their ids, so that they can be rated, and the ratings. */
import type { QualityScope } from '../../shared/domain/model/quality/measures.ts';
import type { Feedback } from '../../shared/rpc/workspace-quality.ts';
import type { AnsweredCall } from '../../shared/rpc/workspace-calls.ts';
import { statement, type Storage } from '../platform/index.ts';

/** For the migrations of the workspace. */
export const feedbackTables = `
  CREATE TABLE answered_call (
    response_id TEXT NOT NULL PRIMARY KEY,
    model TEXT NOT NULL,
    role TEXT NOT NULL,
    task_kind TEXT NOT NULL,
    answered_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX answered_call_by_time ON answered_call (answered_at);
  CREATE TABLE feedback (
    id TEXT NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    given_by TEXT NOT NULL,
    rating REAL NOT NULL,
    comment TEXT,
    models TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    UNIQUE (subject, given_by)
  ) STRICT;
`;

/** How long an answer can be rated, in milliseconds. */
const ratableMs = 7 * 86_400_000;
const maxFeedback = 10_000;

/** All of a report at once, as JSON: it is the largest part of what a report costs. */
const insertCalls = statement<[at: number, answers: string]>`
  INSERT INTO answered_call
  SELECT value ->> 'responseId', value ->> 'model', value ->> 'role', value ->> 'taskKind', ?
  FROM json_each(?) WHERE true ON CONFLICT DO NOTHING`;
const forgetCalls = statement<[before: number]>`DELETE FROM answered_call WHERE answered_at < ?`;
const selectCall = statement<[responseId: string, since: number], { model: string; role: string; task_kind: string }>`
  SELECT model, role, task_kind FROM answered_call WHERE response_id = ? AND answered_at >= ?`;

type FeedbackRow = {
  id: string;
  subject: string;
  given_by: string;
  rating: number;
  comment: string | null;
  models: string;
  given_at: number;
};

const insertFeedback = statement<
  [id: string, subject: string, by: string, rating: number, comment: string | null, models: string, at: number],
  { id: string }
>`INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject, given_by) DO NOTHING RETURNING id`;
const selectPage = statement<[after: string, limit: number], FeedbackRow>`
  SELECT * FROM feedback WHERE id < ? ORDER BY id DESC LIMIT ?`;
const forgetFeedback = statement<[keep: number]>`
  DELETE FROM feedback WHERE id NOT IN (SELECT id FROM feedback ORDER BY id DESC LIMIT ?)`;

/** Sorts after every id. */
const newest = '~';

export class FeedbackTable {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Keeps where the answers came from. Inside a transaction. */
  noteAnswers(answers: readonly AnsweredCall[], now: number): void {
    if (answers.length === 0) return;
    this.#storage.run(forgetCalls, now - ratableMs);
    this.#storage.run(insertCalls, now, JSON.stringify(answers));
  }

  /** Whose answer it was; undefined when it is not known or too old. */
  findAnswer(responseId: string, now: number): QualityScope | undefined {
    const row = this.#storage.first(selectCall, responseId, now - ratableMs);
    return row === undefined ? undefined : { model: row.model, role: row.role, taskKind: row.task_kind };
  }

  /** False when the same person has rated the subject before. Inside a transaction. */
  add({ feedbackId, subject, rating, comment, models, by, at }: Feedback): boolean {
    const isNew = this.#storage.first(
      insertFeedback,
      feedbackId,
      subject,
      by,
      rating,
      comment ?? null,
      JSON.stringify(models),
      at,
    );
    this.#storage.run(forgetFeedback, maxFeedback);
    return isNew !== undefined;
  }

  /** Newest first. */
  list(after: string = newest, limit = 100): readonly Feedback[] {
    return this.#storage.all(selectPage, after, limit).map((row) => ({
      feedbackId: row.id,
      subject: row.subject,
      rating: row.rating,
      // SAFETY: the column is written only by `add`.
      models: JSON.parse(row.models) as readonly string[],
      by: row.given_by,
      at: row.given_at,
      ...(row.comment === null ? {} : { comment: row.comment }),
    }));
  }
}
