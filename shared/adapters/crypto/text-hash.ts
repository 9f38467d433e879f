/** SHA-256, synchronous: an `await` between reading and writing would let other events in. Runs in Workers and in Node. */
import { createHash } from 'node:crypto';

/** SHA-256 of the text's UTF-8, in hexadecimal. */
export const hashText = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A hash over texts that come one after another. `hex` may be asked in between. */
export interface RunningHash {
  add(text: string): void;
  hex(): string;
}

export const createRunningHash = (): RunningHash => {
  const hash = createHash('sha256');
  return {
    add: (text) => {
      hash.update(text);
    },
    hex: () => hash.copy().digest('hex'),
  };
};
