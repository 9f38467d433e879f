/**
 * What bringing a composition from one manifest to another takes. Until the routes are switched, which is one change of one
 * row of the registry, everything can be undone: members are set up so that the callers of both manifests are served.
 * After it nobody is sent to what only the old manifest had; once requests under way have ended, it is taken out.
 */
import { sameJson } from '../replay/canonical.ts';
import { findMember, isOwned, type Manifest, type Member } from './manifest.ts';
import { isSetUpAlike, leavesSomething, ownedMembers, placeOf, type Placed, type Placement } from './placement.ts';

export type Change = 'added' | 'removed' | 'changed' | 'kept';

export interface MemberChange {
  readonly member: string;
  readonly kind: Member['kind'];
  readonly change: Change;
  /** What is different, for `changed`. */
  readonly differs: readonly string[];
}

export interface RouteChange {
  readonly path: string;
  readonly change: Change;
  readonly member: string;
}

/** One thing to do, with what undoes it where it can be undone. */
export type Step =
  /** Sets up, or empties (`null`), a place of the group. */
  | {
      readonly type: 'place';
      readonly member: string;
      readonly place: string;
      readonly placement: Placement | null;
      readonly before: Placement | null;
    }
  /** Sees that a member that the composition does not own is there. */
  | { readonly type: 'find'; readonly member: string; readonly revision: number }
  /** Switches the routes, from those of the revision `before`, or none when it is 0. */
  | { readonly type: 'publish'; readonly revision: number; readonly before: number }
  /** Takes the composition out of the registry. */
  | { readonly type: 'withdraw' }
  /** Lets requests end that were sent by the old routes. */
  | { readonly type: 'drain'; readonly ms: number }
  /** Deletes the group with everything its services hold. */
  | { readonly type: 'erase' };

export interface Plan {
  readonly members: readonly MemberChange[];
  readonly routes: readonly RouteChange[];
  readonly steps: readonly Step[];
  /** False: the composition is as the manifest says already. */
  readonly isChange: boolean;
}

/** A manifest under the number that the composition gives it. */
export interface Revision {
  readonly revision: number;
  readonly manifest: Manifest;
}

/** Longer than a reader of the registry goes on with a snapshot, and than most requests last. */
export const drainMs = 5_000;

const sameOwned = (from: Manifest, member: Member): Member | undefined =>
  isOwned(member)
    ? ownedMembers(from).find((candidate) => placeOf(candidate) === placeOf(member))
    : findMember(from, member.name);

const differences = (from: Member, to: Member): readonly string[] => {
  const before: Readonly<Record<string, unknown>> = { ...from };
  const after: Readonly<Record<string, unknown>> = { ...to };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !sameJson(before[key], after[key]),
  );
};

const memberChanges = (from: Manifest | undefined, to: Manifest): readonly MemberChange[] => {
  const changes = to.members.map((member): MemberChange => {
    const { name, kind } = member;
    const known = from === undefined ? undefined : sameOwned(from, member);
    if (known === undefined || known.kind !== kind) return { member: name, kind, change: 'added', differs: [] };
    const differs = differences(known, member);
    return { member: name, kind, change: differs.length > 0 ? 'changed' : 'kept', differs };
  });
  const gone = (from?.members ?? []).filter((member) => sameOwned(to, member)?.kind !== member.kind);
  return [
    ...changes,
    ...gone.map(({ name, kind }): MemberChange => ({ member: name, kind, change: 'removed', differs: [] })),
  ];
};

const routeChanges = (from: Manifest | undefined, to: Manifest): readonly RouteChange[] => {
  const old = from?.routes ?? [];
  return [
    ...to.routes.map(({ path, member }): RouteChange => {
      const known = old.find((route) => route.path === path);
      return { path, member, change: known === undefined ? 'added' : known.member === member ? 'kept' : 'changed' };
    }),
    ...old
      .filter(({ path }) => !to.routes.some((route) => route.path === path))
      .map(({ path, member }): RouteChange => ({ path, member, change: 'removed' })),
  ];
};

/** Before the switch and after it. */
interface Halves {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

const halvesOf = (from: Revision | undefined, to: Revision): Halves => {
  const before: Step[] = [];
  const settling: Step[] = [];
  for (const member of to.manifest.members) {
    if (!isOwned(member)) {
      before.push({ type: 'find', member: member.name, revision: to.revision });
      continue;
    }
    const known = from === undefined ? undefined : sameOwned(from.manifest, member);
    const old: Placement | null = from === undefined || known === undefined ? null : { revision: from.revision };
    if (known !== undefined && isSetUpAlike(known, member)) continue;
    const step = { type: 'place' as const, member: member.name, place: placeOf(member) };
    const final: Placement = { revision: to.revision };
    if (from === undefined || known === undefined || !leavesSomething(known, member)) {
      before.push({ ...step, placement: final, before: old });
      continue;
    }
    const both: Placement = { revision: to.revision, leaving: from.revision };
    before.push({ ...step, placement: both, before: old });
    settling.push({ ...step, placement: final, before: both });
  }
  const gone =
    from === undefined
      ? []
      : ownedMembers(from.manifest).filter((member) => sameOwned(to.manifest, member) === undefined);
  const removed = gone.toReversed().map((member): Step => ({
    type: 'place',
    member: member.name,
    place: placeOf(member),
    placement: null,
    before: from === undefined ? null : { revision: from.revision },
  }));
  return { before, after: [...settling, ...removed] };
};

/** From what is up (nothing, when absent) to a manifest. */
export const planUp = (from: Revision | undefined, to: Revision): Plan => {
  const members = memberChanges(from?.manifest, to.manifest);
  const routes = routeChanges(from?.manifest, to.manifest);
  const isChange = from === undefined || !sameJson(from.manifest, to.manifest);
  if (!isChange) return { members, routes, steps: [], isChange };
  const { before, after } = halvesOf(from, to);
  const publish: Step = { type: 'publish', revision: to.revision, before: from?.revision ?? 0 };
  const drain: readonly Step[] = after.length === 0 ? [] : [{ type: 'drain', ms: drainMs }];
  return { members, routes, steps: [...before, publish, ...drain, ...after], isChange };
};

/** @param isInUse requests, or steps of an operation that is broken off, may be under way. */
export const planDown = (isInUse: boolean): readonly Step[] =>
  isInUse
    ? [{ type: 'withdraw' }, { type: 'drain', ms: drainMs }, { type: 'erase' }]
    : [{ type: 'withdraw' }, { type: 'erase' }];

/**
 * Sets up anew what was found to be gone, tells the registry again, and takes out what an operation left that did not come
 * to its end.
 */
export const planHeal = (up: Revision, lost: readonly string[], placed: Placed): readonly Step[] => [
  ...up.manifest.members.flatMap((member): readonly Step[] =>
    isOwned(member) && lost.includes(member.name)
      ? [
          {
            type: 'place',
            member: member.name,
            place: placeOf(member),
            placement: { revision: up.revision },
            before: { revision: up.revision },
          },
        ]
      : [],
  ),
  { type: 'publish', revision: up.revision, before: up.revision },
  ...Object.entries(placed)
    .filter(([place]) => !ownedMembers(up.manifest).some((member) => placeOf(member) === place))
    .map(([place, before]): Step => ({ type: 'place', member: place, place, placement: null, before })),
];
