/** What one workspace may put into its registry. A snapshot of a full shard stays below what one row of D1 holds, 2 MB. */

/** Instances in one shard, those of the platform included. */
export const maxInstancesInShard = 1_024;
/**
 * Bytes of the metadata and endpoints of all instances of a shard together. What a snapshot says of each besides is less than
 * 500 bytes.
 */
export const maxShardBytes = 1_400_000;
/** Instances of one name. */
export const maxInstancesOfName = 64;
/** Bytes of an instance's metadata and endpoints as JSON in UTF-8. */
export const maxInstanceBytes = 4_096;
export const minLeaseSeconds = 5;
export const maxLeaseSeconds = 3_600;
export const maxWeight = 1_000;

/** Events kept in a shard's log; older ones are dropped once there are twice as many, and readers are told. */
export const eventsKept = 5_000;
