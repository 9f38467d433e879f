/** A row of the log as an event, and an event as text for the dead letters. */
import type { BusEvent, StoredBusEvent } from '../../shared/rpc/event-bus.ts';
import { decodeJson } from '../platform/json-text.ts';

export type TopicEventRow = {
  sequence: number;
  type: string;
  key: string | null;
  schema_version: number | null;
  data: string;
  source: string;
  hops: number;
  bytes: number;
  recorded_at: number;
};

/** @param previous the sequence of the event before it that is kept. */
export const readEventRow = (row: TopicEventRow, previous: number): StoredBusEvent => ({
  sequence: row.sequence,
  recordedAt: row.recorded_at,
  event: {
    type: row.type,
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.schema_version === null ? {} : { schemaVersion: row.schema_version }),
    data: decodeJson(row.data, `Event ${row.sequence}`),
    source: row.source,
    previous,
  },
});

/** An event as `encodeJson` wrote it into a dead letter. */
export const readKeptEvent = (text: string, letterId: number): BusEvent =>
  // SAFETY: written from a BusEvent by the store of dead letters.
  decodeJson(text, `Dead letter ${letterId}`) as BusEvent;
