/** Which of several instances gets the next request. Pure: what is remembered between requests is given and given back. */
import { hashText } from './shard.ts';
import type { BalancingPolicy } from './service.ts';

export interface Candidate {
  /** `<name>/<instance>`. */
  readonly key: string;
  /** Above 0. */
  readonly weight: number;
  /** Requests of this isolate that it has not answered yet. */
  readonly inFlight: number;
  /** What it said itself: 0 is idle, 1 is full. */
  readonly load: number;
}

/** The running weights of smooth weighted round robin, by key. */
export type Turns = Readonly<Record<string, number>>;

export interface Pick {
  readonly key: string;
  readonly turns: Turns;
}

/**
 * Smooth weighted round robin, as nginx does it (commit 52327e0627f49dbda1e8db695e63a4b0af4448b7): within any run of as many
 * requests as there is weight, each instance gets exactly its share, spread out evenly.
 */
const pickWeighted = (candidates: readonly Candidate[], turns: Turns): Pick | undefined => {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  const raised = candidates.map(({ key, weight }) => ({ key, turn: (turns[key] ?? 0) + weight }));
  const [first, ...rest] = raised;
  if (first === undefined) return undefined;
  const chosen = rest.reduce((best, one) => (one.turn > best.turn ? one : best), first);
  return {
    key: chosen.key,
    // Whoever is no candidate now is forgotten, and begins anew when it comes back.
    turns: Object.fromEntries(raised.map(({ key, turn }) => [key, key === chosen.key ? turn - total : turn])),
  };
};

/**
 * Weighted rendezvous hashing: the same text leads to the same instance for as long as it is there, and when one goes only
 * its own texts move. The score is that of Schindelhauer and Schomaker, “Weighted distributed hash tables” (SPAA 2005).
 */
const pickSticky = (candidates: readonly Candidate[], text: string, turns: Turns): Pick | undefined => {
  const scored = candidates.map(({ key, weight }) => {
    const part = (hashText(`${text}\n${key}`) + 0.5) / 2 ** 32;
    return { key, score: -weight / Math.log(part) };
  });
  const [first, ...rest] = scored;
  if (first === undefined) return undefined;
  return { key: rest.reduce((best, one) => (one.score > best.score ? one : best), first).key, turns };
};

const pressure = ({ inFlight, load, weight }: Candidate): number => ((inFlight + 1) * (1 + load)) / weight;

/** Those with the least to do for their weight take turns. */
const pickLeastLoaded = (candidates: readonly Candidate[], turns: Turns): Pick | undefined => {
  const least = Math.min(...candidates.map(pressure));
  const idle = candidates.filter((candidate) => pressure(candidate) <= least);
  return pickWeighted(idle, turns);
};

/** The instance for the next request; undefined when there is none. @param stickyText who asks, for `sticky`. */
export const pickInstance = (
  candidates: readonly Candidate[],
  policy: BalancingPolicy,
  turns: Turns,
  stickyText: string,
): Pick | undefined => {
  switch (policy) {
    case 'weighted':
      return pickWeighted(candidates, turns);
    case 'least-loaded':
      return pickLeastLoaded(candidates, turns);
    case 'sticky':
      return pickSticky(candidates, stickyText, turns);
  }
};
