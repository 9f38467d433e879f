/** The manifests that are in use: as they were given, and as they were understood. */
import { namesNeededBy, type Needed } from '../../shared/domain/composer/decide.ts';
import type { Manifest } from '../../shared/domain/composer/manifest.ts';
import type { Manifests } from '../../shared/domain/composer/placement.ts';
import { statement, type Storage } from '../platform/index.ts';

const insert = statement<[name: string, revision: number, text: string, manifest: string]>`
  INSERT INTO composition_manifest (name, revision, text, manifest) VALUES (?, ?, ?, ?)`;
const selectOf = statement<[name: string], { revision: number; manifest: string }>`
  SELECT revision, manifest FROM composition_manifest WHERE name = ?`;
const selectText = statement<[name: string, revision: number], { text: string }>`
  SELECT text FROM composition_manifest WHERE name = ? AND revision = ?`;
const selectNewest = statement<[], { name: string; manifest: string }>`
  SELECT name, manifest FROM composition_manifest AS one WHERE revision =
    (SELECT MAX(revision) FROM composition_manifest AS other WHERE other.name = one.name)`;
const removeOthers = statement<[name: string, kept: string]>`
  DELETE FROM composition_manifest WHERE name = ? AND revision NOT IN (SELECT value FROM json_each(?))`;

// SAFETY: the column is written only by `add`.
const parse = (text: string): Manifest => JSON.parse(text) as Manifest;

export class ManifestStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Inside a transaction. */
  add(revision: number, text: string, manifest: Manifest): void {
    this.#storage.run(insert, manifest.name, revision, text, JSON.stringify(manifest));
  }

  of(name: string): Manifests {
    return Object.fromEntries(
      this.#storage.all(selectOf, name).map(({ revision, manifest }) => [revision, parse(manifest)]),
    );
  }

  text(name: string, revision: number): string | undefined {
    return this.#storage.first(selectText, name, revision)?.text;
  }

  /** What every composition needs of others, by its newest manifest. */
  needed(): Needed {
    return new Map(this.#storage.all(selectNewest).map(({ name, manifest }) => [name, namesNeededBy(parse(manifest))]));
  }

  /** Drops all of a composition but these. */
  keep(name: string, revisions: readonly number[]): void {
    this.#storage.run(removeOthers, name, JSON.stringify(revisions));
  }
}
