/** The tables of a project that is being made as a copy of another one. */
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import type { ForkPoint, ForkProject, RunPoint } from '../../shared/rpc/replay.ts';
import type { FileChange } from '../../shared/rpc/repository.ts';
import { statement, type Storage } from '../platform/index.ts';

export type ForkPhase = 'events' | 'heads' | 'objects' | 'branches' | 'files' | 'tree' | 'finish' | 'done';

export interface BranchHead {
  readonly branch: string;
  readonly head: string;
}

/** What was asked for, and how far the copy has come. */
export interface ForkJob {
  readonly command: Omit<ForkProject, 'code'>;
  readonly point: ForkPoint;
  readonly run?: RunPoint;
  readonly phase: ForkPhase;
  /** Of the original's events, then of its git objects. */
  readonly cursor: number;
  readonly branches: readonly BranchHead[];
  /** Head of the copy's `main`. */
  readonly commit: string;
}

const selectJob = statement<[], { job: string }>`SELECT job FROM fork_job WHERE id = 1`;
const upsertJob = statement<[job: string]>`
  INSERT INTO fork_job (id, job) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET job = excluded.job`;
const insertEvent = statement<[sequence: number, recordedAt: number, event: string]>`
  INSERT INTO fork_event (sequence, recorded_at, event) VALUES (?, ?, ?) ON CONFLICT (sequence) DO NOTHING`;
const selectEvents = statement<
  [after: number, limit: number],
  { sequence: number; recorded_at: number; event: string }
>`SELECT sequence, recorded_at, event FROM fork_event WHERE sequence > ? ORDER BY sequence LIMIT ?`;
const deleteEvents = statement<[]>`DELETE FROM fork_event`;
const insertFile = statement<
  [path: string, content: string | null]
>`INSERT INTO fork_file (path, content) VALUES (?, ?)`;
const selectFiles = statement<[], { path: string; content: string | null }>`
  SELECT path, content FROM fork_file ORDER BY path`;
const deleteFiles = statement<[]>`DELETE FROM fork_file`;

const eventsAtOnce = 200;

export class ForkStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Undefined for a project that is no copy. */
  job(): ForkJob | undefined {
    const row = this.#storage.first(selectJob);
    // SAFETY: the column is written only by `save`.
    return row === undefined ? undefined : (JSON.parse(row.job) as ForkJob);
  }

  save(job: ForkJob): void {
    this.#storage.run(upsertJob, JSON.stringify(job));
  }

  addFiles(files: readonly FileChange[]): void {
    for (const { path, content } of files) this.#storage.run(insertFile, path, content);
  }

  files(): readonly FileChange[] {
    return this.#storage.all(selectFiles);
  }

  addEvent(sequence: number, recordedAt: number, event: ProjectEvent): void {
    this.#storage.run(insertEvent, sequence, recordedAt, JSON.stringify(event));
  }

  *events(): Generator<{ readonly recordedAt: number; readonly event: ProjectEvent }> {
    for (let after = 0; ;) {
      const page = this.#storage.all(selectEvents, after, eventsAtOnce);
      for (const row of page) {
        // SAFETY: the column is written only by `addEvent`.
        yield { recordedAt: row.recorded_at, event: JSON.parse(row.event) as ProjectEvent };
        after = row.sequence;
      }
      if (page.length < eventsAtOnce) return;
    }
  }

  /** The copy is whole: only the job is kept. */
  clear(): void {
    this.#storage.run(deleteEvents);
    this.#storage.run(deleteFiles);
  }
}
