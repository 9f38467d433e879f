/** Snapshots of service registries as rows of D1, one for each shard. */
import type { ServiceInstance } from '../../domain/service-registry/service.ts';
import type { ServiceSnapshots } from '../../ports/service-snapshots.ts';

interface SnapshotRow {
  readonly shard: number;
  readonly sequence: number;
  readonly as_of: number;
  readonly services: string;
}

const selectText = (shards: number): string =>
  `SELECT shard, sequence, as_of, services FROM service_snapshot
   WHERE workspace_id = ? AND shard IN (${Array.from({ length: shards }, () => '?').join(', ')})`;

const upsertText = `
  INSERT INTO service_snapshot (workspace_id, shard, sequence, as_of, services) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (workspace_id, shard) DO UPDATE SET
    sequence = excluded.sequence, as_of = excluded.as_of, services = excluded.services
  WHERE excluded.sequence > service_snapshot.sequence
    OR (excluded.sequence = service_snapshot.sequence AND excluded.as_of >= service_snapshot.as_of)`;

/** Snapshots in a D1 database. */
export const createServiceSnapshots = (database: D1Database): ServiceSnapshots => ({
  read: async (workspaceId, shards) => {
    if (shards.length === 0) return [];
    const { results } = await database
      .prepare(selectText(shards.length))
      .bind(workspaceId, ...shards)
      .all<SnapshotRow>();
    return results.map(({ shard, sequence, as_of: asOf, services }) => ({
      shard,
      sequence,
      asOf,
      // SAFETY: only `write` below writes rows, of this type.
      services: JSON.parse(services) as readonly ServiceInstance[],
    }));
  },
  write: async (workspaceId, { shard, sequence, asOf, services }) => {
    await database.prepare(upsertText).bind(workspaceId, shard, sequence, asOf, JSON.stringify(services)).run();
  },
});
