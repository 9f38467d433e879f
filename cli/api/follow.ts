/** The events of a log as they happen, without a gap: a lost connection is taken up after the last event. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createContinuity, type Continuity, type ContinuityVerdict } from '../../shared/protocol/continuity.ts';
import type { ProjectEvent } from '../../shared/protocol/project-events.ts';
import { CommandFailure, exitCodes } from '../exit-codes.ts';
import type { Connection } from '../settings.ts';
import { failureOf } from './client.ts';
import { createSseParser, type ServerSentEvent } from './sse.ts';

export interface StoredLogEvent<Event> {
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly recordedAt: number;
  readonly event: Event;
}

export type StoredProjectEvent = StoredLogEvent<ProjectEvent>;

export type FollowItem<Event = ProjectEvent> =
  | { readonly type: 'event'; readonly stored: StoredLogEvent<Event> }
  /** Every event up to this sequence has been given. */
  | { readonly type: 'caught_up'; readonly sequence: number };

export interface FollowOptions {
  /** Everything after this sequence; 0 is from the start. */
  readonly after: number;
  readonly signal: AbortSignal;
}

const firstDelayMs = 250;
const longestDelayMs = 4_000;
/** Attempts in a row without a single event before the platform counts as gone. */
const maxFailures = 12;

const open = async (connection: Connection, path: string, options: FollowOptions): Promise<Response> => {
  return fetch(`${connection.url}${path}?after=${options.after}`, {
    headers: { authorization: `Bearer ${connection.key}`, accept: 'text/event-stream' },
    signal: options.signal,
  });
};

/** In a log that may leave events out, each says which kept one came before it. */
const previousOf = (event: unknown): number | undefined =>
  typeof event === 'object' && event !== null && 'previous' in event && typeof event.previous === 'number'
    ? event.previous
    : undefined;

/** What a message of the stream holds; undefined for names that are not known. */
const toItem = <Event>(sent: ServerSentEvent, continuity: Continuity): FollowItem<Event> | undefined => {
  switch (sent.name) {
    case 'message': {
      // SAFETY: the platform writes exactly this into its stream; see the gateway's server-sent events.
      const stored = JSON.parse(sent.data) as StoredLogEvent<Event>;
      return takeVerdict(continuity.event(stored.sequence, previousOf(stored.event)))
        ? { type: 'event', stored }
        : undefined;
    }
    case 'caught_up': {
      // SAFETY: as above.
      const { sequence } = JSON.parse(sent.data) as { readonly sequence: number };
      takeVerdict(continuity.caughtUp(sequence));
      return { type: 'caught_up', sequence };
    }
    case 'gone':
      throw new CommandFailure(exitCodes.notFound, 'cursor.gone', 'The events asked for are no longer kept.');
    default:
      return undefined;
  }
};

/** The stream left something out: it is taken up again after the last event that came. */
class StreamGap extends Error {
  override readonly name = 'StreamGap';
}

/** True for an event that is new. @throws StreamGap */
const takeVerdict = (verdict: ContinuityVerdict): boolean => {
  if (verdict.type === 'gap') throw new StreamGap(`Events ${verdict.from} to ${verdict.to} did not come.`);
  return verdict.type === 'ok';
};

async function* readStream<Event>(response: Response, continuity: Continuity): AsyncGenerator<FollowItem<Event>> {
  if (response.body === null) return;
  const parser = createSseParser();
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    for (const sent of parser.push(decoder.decode(bytes, { stream: true }))) {
      const item = toItem<Event>(sent, continuity);
      if (item !== undefined) yield item;
    }
  }
}

/** One connection: its items, and whether the stream may be taken up again. */
async function* connectOnce<Event>(
  connection: Connection,
  path: string,
  options: FollowOptions,
  continuity: Continuity,
): AsyncGenerator<FollowItem<Event>> {
  const response = await open(connection, path, { ...options, after: continuity.last() });
  if (!response.ok) throw failureOf(response.status, await response.text());
  yield* readStream(response, continuity);
}

const isFinal = (error: unknown): boolean =>
  error instanceof CommandFailure && (error.exitCode !== exitCodes.platformFailed || error.code === 'state.unreadable');

/** Follows a project; see `followLog`. */
export const followEvents = (
  connection: Connection,
  projectId: string,
  options: FollowOptions,
): AsyncGenerator<FollowItem> =>
  followLog<ProjectEvent>(connection, `/api/projects/${encodeURIComponent(projectId)}/events`, options);

/**
 * Follows a log at that path until the signal is aborted; refusals of the platform are thrown. Every event comes once and in order: what a
 * connection leaves out is fetched by the next one.
 */
export async function* followLog<Event>(
  connection: Connection,
  path: string,
  options: FollowOptions,
): AsyncGenerator<FollowItem<Event>> {
  const continuity = createContinuity(options.after);
  for (let failures = 0; !options.signal.aborted; failures += 1) {
    try {
      for await (const item of connectOnce<Event>(connection, path, options, continuity)) {
        failures = 0;
        yield item;
      }
    } catch (error) {
      if (options.signal.aborted) return;
      if (isFinal(error)) throw error;
      if (failures >= maxFailures) {
        throw new CommandFailure(
          exitCodes.unreachable,
          'unreachable',
          `${connection.url} was lost and could not be reached again.`,
        );
      }
    }
    if (options.signal.aborted) return;
    // Aborting the sleep is how the caller ends it; the loop's condition sees it.
    await sleep(Math.min(longestDelayMs, firstDelayMs * 2 ** failures), undefined, { signal: options.signal }).catch(
      () => undefined,
    );
  }
}

/** An event of a topic. */
interface TopicEvent {
  readonly type: string;
  readonly key?: string;
  readonly data: unknown;
}

export type StoredTopicEvent = StoredLogEvent<TopicEvent>;

/** Follows a topic of the event bus; see `followLog`. */
export const followTopic = (
  connection: Connection,
  topic: string,
  options: FollowOptions,
): AsyncGenerator<FollowItem<TopicEvent>> =>
  followLog<TopicEvent>(connection, `/api/topics/${encodeURIComponent(topic)}/events`, options);
