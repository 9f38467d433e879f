/** Dead letters over RPC: work of an object that failed too often and waits to be replayed. */

export interface DeadLetterView {
  /** `<owner>-<part>-<number>`, where the owner is `project` or an agent's id: safe in addresses. */
  readonly letterId: string;
  /** `project` or `agent:<id>`. */
  readonly object: string;
  readonly part: 'outbox' | 'timer';
  /** What was to be delivered or done. */
  readonly kind: string;
  readonly lane: string;
  /** SHA-256 of the payload's JSON text, in hexadecimal. */
  readonly payloadHash: string;
  readonly attempts: number;
  readonly cause: string;
  readonly parkedAt: number;
}

export interface ReplayDeadLetter {
  readonly commandId: string;
  readonly letterId: string;
}

export const letterIdPattern = /^(project|agt_[0-9a-hjkmnp-tv-z]{26})-(outbox|timer)-\d{1,15}$/;
