/** What can be set for a topic, and within which bounds. */

export interface TopicSettings {
  /** Events older than this are dropped. */
  readonly maxAgeMs: number;
  /** The oldest events are dropped beyond this many bytes of data; reserved of the workspace's room. */
  readonly maxBytes: number;
  /** `latest`: of the events of one key only the newest is kept, once they are older than `compactAfterMs`. */
  readonly compaction: 'none' | 'latest';
  readonly compactAfterMs: number;
  /** Events that may be published a second; as many may come at once. */
  readonly eventsPerSecond: number;
}

export const defaultTopicSettings: TopicSettings = {
  maxAgeMs: 7 * 24 * 3_600_000,
  maxBytes: 64 * 1_048_576,
  compaction: 'none',
  compactAfterMs: 60_000,
  eventsPerSecond: 5_000,
};

export const topicBounds = {
  maxAgeMs: { least: 1_000, most: 365 * 24 * 3_600_000 },
  maxBytes: { least: 65_536, most: 4 * 1_073_741_824 },
  compactAfterMs: { least: 0, most: 30 * 24 * 3_600_000 },
  eventsPerSecond: { least: 1, most: 50_000 },
} as const;

/** Longest data of one event, and of all events of one command, in bytes of JSON text. */
export const maxEventBytes = 262_144;
export const maxPublishBytes = 1_048_576;
export const maxPublishEvents = 100;
export const maxEventTypeLength = 100;
export const maxEventKeyLength = 200;

/** Topics of one workspace, bytes that all of them may reserve, subscriptions, and groups of one topic. */
export const workspaceQuota = { topics: 10_000, bytes: 1_099_511_627_776, subscriptions: 100 } as const;
export const maxGroups = 64;
