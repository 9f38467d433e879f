/**
 * What a connection remembers of the answers that were given over it and are not stored: the last one of each lane, with
 * everything before it. It is what `previous_response_id` finds there where `store` is false.
 */
import type { KeptItem } from './stored-input.ts';

/** One turn's view of it. */
export interface TurnMemory {
  /** The conversation up to the end of that answer; undefined when it is not remembered. */
  readonly find: (responseId: string) => readonly KeptItem[] | undefined;
  /** Remembers this turn's answer, in place of the one before it in its lane. */
  readonly keep: (responseId: string, items: readonly KeptItem[]) => void;
}

interface KeptLine {
  readonly responseId: string;
  readonly items: readonly KeptItem[];
  readonly length: number;
}

/** Characters of JSON that one connection remembers; what would be more is not remembered. */
export const maxRememberedLength = 4_000_000;

export class TurnMemories {
  readonly #lanes = new Map<string, KeptLine>();

  /** The memory as a turn of that lane sees it: every answer can be continued, its own takes the place of one. */
  of(lane: string): TurnMemory {
    return {
      find: (responseId) => this.#find(responseId)?.[1].items,
      keep: (responseId, items) => this.#keep(lane, { responseId, items, length: JSON.stringify(items).length }),
    };
  }

  /** An answer whose continuation failed is not continued again. */
  forget(responseId: string): void {
    const found = this.#find(responseId);
    if (found !== undefined) this.#lanes.delete(found[0]);
  }

  #find(responseId: string): readonly [string, KeptLine] | undefined {
    return [...this.#lanes].find(([, line]) => line.responseId === responseId);
  }

  /** The lane that was quiet for longest makes room. */
  #keep(lane: string, line: KeptLine): void {
    this.#lanes.delete(lane);
    if (line.length > maxRememberedLength) return;
    this.#lanes.set(lane, line);
    let length = 0;
    for (const kept of this.#lanes.values()) length += kept.length;
    for (const [oldest, kept] of this.#lanes) {
      if (length <= maxRememberedLength) return;
      this.#lanes.delete(oldest);
      length -= kept.length;
    }
  }
}
