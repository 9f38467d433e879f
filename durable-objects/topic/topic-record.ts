/** The topic's own row: its settings, and whether the workspace's catalogue knows it. */
import { defaultTopicSettings, type TopicSettings } from '../../shared/domain/event-bus/settings.ts';
import { decodeJson, encodeRowJson } from '../platform/json-text.ts';
import { statement, type Storage } from '../platform/index.ts';
import type { Participant } from '../platform/storage.ts';

export interface TopicRecord {
  readonly settings: TopicSettings;
  readonly createdAt: number;
}

type Row = { settings: string; created_at: number; is_declared: number };

const statements = {
  read: statement<[], Row>`SELECT settings, created_at, is_declared FROM topic WHERE id = 1`,
  declare: statement<[settings: string, createdAt: number]>`
    INSERT INTO topic (id, settings, created_at, is_declared, last_sequence, floor, events, bytes, last_recorded_at)
    VALUES (1, ?, ?, 1, 0, 0, 0, 0, 0)
    ON CONFLICT (id) DO UPDATE SET settings = excluded.settings, created_at = excluded.created_at, is_declared = 1`,
  saveSettings: statement<[settings: string]>`UPDATE topic SET settings = ? WHERE id = 1`,
  undeclare: statement`UPDATE topic SET is_declared = 0 WHERE id = 1`,
};

export class TopicRecords implements Participant {
  readonly #storage: Storage;
  #known: TopicRecord | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
    storage.enlist(this);
  }

  invalidate(): void {
    this.#known = undefined;
  }

  /** Undefined before the topic is declared, and after it was removed: its row then only keeps the sequence. */
  read(): TopicRecord | undefined {
    if (this.#known !== undefined) return this.#known;
    const row = this.#storage.first(statements.read);
    if (row === undefined || row.is_declared === 0) return undefined;
    // SAFETY: written from TopicSettings by this file.
    const settings = decodeJson(row.settings, 'The settings of the topic') as TopicSettings;
    this.#known = { settings, createdAt: row.created_at };
    return this.#known;
  }

  settings(): TopicSettings {
    return this.read()?.settings ?? defaultTopicSettings;
  }

  declare(settings: TopicSettings, now: number): void {
    this.#storage.run(statements.declare, encodeRowJson(settings, 'The settings of the topic'), now);
    this.#known = undefined;
  }

  saveSettings(settings: TopicSettings): void {
    this.#storage.run(statements.saveSettings, encodeRowJson(settings, 'The settings of the topic'));
    this.#known = undefined;
  }

  undeclare(): void {
    this.#storage.run(statements.undeclare);
    this.#known = undefined;
  }
}
