/** All SQL of a group. */
import type { ServiceKind } from '../../../shared/rpc/services/service-object.ts';
import type { ServicesDeclaration } from '../../../shared/schemas/services/declaration.ts';
import { statement, type Storage } from '../../platform/index.ts';

export interface StoredDeclaration {
  readonly declaration: ServicesDeclaration;
  readonly allowedOrigins: readonly string[];
  readonly knownKinds: readonly ServiceKind[];
  /** 0 while none was ever taken whole. */
  readonly revision: number;
  readonly configuredAt: number;
}

const select = statement<
  [],
  { text: string; origins: string; known_kinds: string; revision: number; configured_at: number }
>`SELECT text, origins, known_kinds, revision, configured_at FROM declaration WHERE id = 1`;

const save = statement<[text: string, origins: string, kinds: string, revision: number, at: number]>`
  INSERT INTO declaration (id, text, origins, known_kinds, revision, configured_at) VALUES (1, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET text = excluded.text, origins = excluded.origins,
    known_kinds = excluded.known_kinds, revision = excluded.revision, configured_at = excluded.configured_at`;

export class GroupStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  load(): StoredDeclaration | undefined {
    const row = this.#storage.first(select);
    if (row === undefined) return undefined;
    return {
      // SAFETY: these were written by `save` below.
      declaration: JSON.parse(row.text) as ServicesDeclaration,
      allowedOrigins: JSON.parse(row.origins) as readonly string[],
      knownKinds: JSON.parse(row.known_kinds) as readonly ServiceKind[],
      revision: row.revision,
      configuredAt: row.configured_at,
    };
  }

  save({ declaration, allowedOrigins, knownKinds, revision, configuredAt }: StoredDeclaration): void {
    const [text, origins, kinds] = [declaration, allowedOrigins, knownKinds].map((value) => JSON.stringify(value));
    this.#storage.run(save, text ?? '', origins ?? '', kinds ?? '', revision, configuredAt);
  }
}
