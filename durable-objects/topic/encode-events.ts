/** What a publisher gave, as it is written: checked against the limits, with its size. */
import { hashBody } from '../../shared/domain/event-bus/body-hash.ts';
import {
  maxEventBytes,
  maxEventKeyLength,
  maxEventTypeLength,
  maxPublishBytes,
  maxPublishEvents,
} from '../../shared/domain/event-bus/settings.ts';
import { err, ok, type AppError, type Issue, type Result } from '../../shared/errors/result.ts';
import type { PublishCommand } from '../../shared/rpc/event-bus.ts';
import { encodeRowJson, PayloadRefused } from '../platform/json-text.ts';
import type { SchemaTable } from './schema-table.ts';
import type { EncodedEvent } from './topic-log.ts';

export interface EncodedCommand {
  readonly deliveryId: string;
  /** Of the events, as they were given. */
  readonly bodyHash: string;
  readonly events: readonly EncodedEvent[];
}

const invalid = (issues: readonly Issue[]): AppError => {
  const [first] = issues;
  return {
    type: 'request.invalid',
    detail: `The events cannot be published: ${first?.field ?? 'they'} ${first?.reason ?? 'are not valid'}. None was added.`,
    issues,
  };
};

const tooLarge = (field: string, reason: string): AppError => ({
  type: 'request.too_large',
  detail: `The events cannot be published: ${field} ${reason}. None was added; keep large data elsewhere and publish where it is.`,
  issues: [{ field, reason }],
});

const encodeOne = (
  event: PublishCommand['events'][number],
  place: { readonly field: string; readonly source: string; readonly hops: number },
  schemas: SchemaTable,
): Result<EncodedEvent> => {
  const { field, source, hops } = place;
  if (event.type.length === 0 || event.type.length > maxEventTypeLength) {
    const reason = `has ${event.type.length} characters; 1 to ${maxEventTypeLength} are allowed`;
    return err(invalid([{ field: `${field}.type`, reason }]));
  }
  const { key } = event;
  if (key !== undefined && (key.length === 0 || key.length > maxEventKeyLength)) {
    const reason = `has ${key.length} characters; 1 to ${maxEventKeyLength} are allowed`;
    return err(invalid([{ field: `${field}.key`, reason }]));
  }
  let data: string;
  try {
    data = encodeRowJson(event.data, 'It', Number.POSITIVE_INFINITY);
  } catch (thrown) {
    if (thrown instanceof PayloadRefused) return err(invalid([{ field: `${field}.data`, reason: thrown.message }]));
    throw thrown;
  }
  const bytes = Buffer.byteLength(data) + event.type.length + (key?.length ?? 0);
  if (bytes > maxEventBytes) {
    return err(tooLarge(`${field}.data`, `is ${bytes} bytes of JSON; at most ${maxEventBytes} are allowed`));
  }
  const fit = schemas.check(event, field);
  if ('issue' in fit) return err(invalid([fit.issue]));
  const value = event.data ?? null;
  return ok({ type: event.type, key, schemaVersion: fit.version, value, data, source, hops, bytes });
};

/** The command as it is written, or what is wrong with which event. */
export const encodeCommand = (command: PublishCommand, schemas: SchemaTable): Result<EncodedCommand> => {
  const { deliveryId, source, events: given, hops = 0 } = command;
  if (deliveryId.length === 0 || deliveryId.length > 200) {
    const reason = `has ${deliveryId.length} characters; 1 to 200 are allowed`;
    return err(invalid([{ field: 'deliveryId', reason }]));
  }
  if (given.length === 0 || given.length > maxPublishEvents) {
    const reason = `are ${given.length}; 1 to ${maxPublishEvents} are allowed`;
    return err(invalid([{ field: 'events', reason }]));
  }
  const events: EncodedEvent[] = [];
  let bytes = 0;
  for (const [index, event] of given.entries()) {
    const encoded = encodeOne(event, { field: `events.${index}`, source, hops }, schemas);
    if (!encoded.ok) return encoded;
    events.push(encoded.value);
    bytes += encoded.value.bytes;
  }
  if (bytes > maxPublishBytes) {
    return err(tooLarge('events', `are ${bytes} bytes together; at most ${maxPublishBytes} are allowed`));
  }
  return ok({ deliveryId, bodyHash: hashBody(events), events });
};
