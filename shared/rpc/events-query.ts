/** A page of an object's log. Refused as `cursor.gone` when events after `after` are no longer kept. */
export interface EventsQuery {
  readonly after: number;
  readonly limit: number;
  /** Milliseconds since the epoch: the page begins at the first event after `after` that was recorded then or later. */
  readonly since?: number;
}
