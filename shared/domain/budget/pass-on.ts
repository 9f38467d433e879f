/**
 * What a project passes on to an agent: within its own limits, and within what it holds of its workspace's. Only the
 * workspace lets a call go over its limit, so here the call has to fit into what the workspace granted.
 */
import { addAmounts, countedDimensions, type Amounts, type CountedDimension } from './amounts.ts';
import { committedOf, decideGrant, newHolder, standingOf, type Giver, type GrantRequest } from './giver.ts';
import type { Exhaustion } from './exhaustion.ts';
import type { Grant } from './holder.ts';

export type PassOn =
  | {
      readonly status: 'granted';
      /** The agent's total from now on. */
      readonly granted: Amounts;
      readonly dimensions: readonly CountedDimension[];
      readonly tight: boolean;
      readonly wallLeftMs?: number;
    }
  | { readonly status: 'ask_workspace' }
  | { readonly status: 'wait' }
  | { readonly status: 'exhausted'; readonly exhaustion: Exhaustion };

type Granted = Extract<PassOn, { status: 'granted' }>;

const withinWorkspace = (
  giver: Giver,
  agentId: string,
  request: GrantRequest,
  held: Extract<Grant, { type: 'limited' }>,
): Granted | undefined => {
  const { committed } = standingOf(giver.holders);
  const fits = held.dimensions.every(
    (dimension) => committed[dimension] + request.need[dimension] <= held.granted[dimension],
  );
  if (!fits) return undefined;
  const limits = Object.fromEntries(
    countedDimensions
      .filter(({ dimension }) => held.dimensions.includes(dimension))
      .map(({ dimension, limit }) => [limit, held.granted[dimension]]),
  );
  const decision = decideGrant({ ...giver, limits }, agentId, request);
  if (decision.status === 'granted') return decision;
  // It fits, so the call itself is granted even where the whole is taken to the last unit.
  const own = committedOf(giver.holders[agentId] ?? newHolder);
  return { status: 'granted', granted: addAmounts(own, request.need), dimensions: held.dimensions, tight: true };
};

/** The stricter of both in each dimension. */
const stricter = (left: Granted, right: Granted): Granted => {
  const pick = (dimension: CountedDimension): number => {
    const sides = [left, right].filter(({ dimensions }) => dimensions.includes(dimension));
    return Math.min(...(sides.length === 0 ? [left, right] : sides).map(({ granted }) => granted[dimension]));
  };
  const granted = { tokens: pick('tokens'), costMicros: pick('costMicros'), steps: pick('steps') };
  const dimensions = [...new Set([...left.dimensions, ...right.dimensions])];
  return { ...left, granted, dimensions, tight: left.tight || right.tight };
};

/** `held`: what the project knows of its workspace's budget; undefined when it has to ask. */
export const passOn = (
  giver: Giver,
  agentId: string,
  request: GrantRequest,
  held: Grant | undefined,
  now: number,
): PassOn => {
  const own = decideGrant(giver, agentId, request);
  if (own.status !== 'granted') return own;
  if (held === undefined) return { status: 'ask_workspace' };
  if (held.type === 'unlimited') return own;
  if (held.until !== undefined && now >= held.until) return { status: 'ask_workspace' };
  const outer = withinWorkspace(giver, agentId, request, held);
  if (outer === undefined) return { status: 'ask_workspace' };
  const both = stricter(own, { ...outer, tight: outer.tight || held.tight });
  const lefts = [own.wallLeftMs, held.until === undefined ? undefined : held.until - now].filter(
    (left) => left !== undefined,
  );
  return lefts.length === 0 ? both : { ...both, wallLeftMs: Math.min(...lefts) };
};
