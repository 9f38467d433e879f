/** What a copy of this repository reads: heads as they were at a time, and objects in pages. Nothing here writes. */

import type { RepositoryEvent } from '../../shared/domain/repository/events.ts';
import { isObjectId, mainBranch } from '../../shared/domain/repository/ref-name.ts';
import { ok, type Result } from '../../shared/errors/result.ts';
import type { PackedGitObject, RepositoryReplayRpc } from '../../shared/rpc/replay.ts';
import type { EventStore } from '../platform/event-store.ts';
import { branchOf, type RepositoryParts } from './branch-view.ts';
import { isAncestor } from './git/history.ts';
import { importOrder } from './git/import-order.ts';
import { invalid, notFound } from './refusals.ts';

type Query<Method extends keyof RepositoryReplayRpc> = Parameters<RepositoryReplayRpc[Method]>[0];
type Value<Method extends keyof RepositoryReplayRpc> =
  Awaited<ReturnType<RepositoryReplayRpc[Method]>> extends Result<infer Answer> ? Answer : never;

const eventsAtOnce = 500;
/** Of the zlib streams of a page; one object more may be up to 16 MB. */
const pageBytes = 4 * 1024 * 1024;
const maximumHeads = 1_000;

const applyEvent = (heads: Map<string, string>, event: RepositoryEvent): void => {
  switch (event.type) {
    case 'repository.created':
      heads.set(mainBranch, event.head);
      return;
    case 'branch.opened':
      heads.set(event.branch, event.head);
      return;
    case 'commit.created':
      heads.set(event.branch, event.oid);
      return;
    case 'branch.merged':
      heads.set(event.into, event.head);
      return;
    case 'repository.pushed':
      for (const { name, to } of event.references) {
        const branch = branchOf(name);
        if (branch !== undefined && to === null) heads.delete(branch);
        else if (branch !== undefined && to !== null) heads.set(branch, to);
      }
      return;
    default:
      // Events of later versions that move no branch.
      return;
  }
};

export const headsAt = (
  { objects }: RepositoryParts,
  events: Pick<EventStore<unknown, RepositoryEvent>, 'read'>,
  { at, main }: Query<'headsAt'>,
): Result<Value<'headsAt'>> => {
  if (!isObjectId(main) || objects.kind(main) !== 'commit') return notFound('main', 'The commit of main');
  const heads = new Map<string, string>();
  for (let after = 0, late = false; !late;) {
    const page = events.read({ after, limit: eventsAtOnce });
    for (const { sequence, recordedAt, event } of page) {
      late = recordedAt > at;
      if (late) break;
      applyEvent(heads, event);
      after = sequence;
    }
    late ||= page.length < eventsAtOnce;
  }
  const found = heads.get(mainBranch);
  // What the project knew of main counts, unless somebody had moved it on by then.
  if (found === undefined || !isAncestor(objects, main, found)) heads.set(mainBranch, main);
  return ok([...heads].map(([branch, head]) => ({ branch, head })));
};

export const exportObjects = (
  { objects, store }: RepositoryParts,
  { heads, after }: Query<'exportObjects'>,
): Result<Value<'exportObjects'>> => {
  if (!Array.isArray(heads) || heads.length > maximumHeads || !Number.isSafeInteger(after) || after < 0)
    return invalid([{ field: 'heads', reason: `is not a list of at most ${maximumHeads} commits` }]);
  const missing = heads.find((oid) => !isObjectId(oid) || objects.kind(oid) !== 'commit');
  if (missing !== undefined) return notFound('heads', `The commit ${missing}`);
  const order = importOrder(objects, heads);
  const page: PackedGitObject[] = [];
  let bytes = 0;
  for (const oid of order.slice(after)) {
    if (bytes >= pageBytes) break;
    const object = store.object(oid);
    if (object === undefined) throw new Error(`${oid} is missing`);
    page.push(object);
    bytes += object.deflated.byteLength;
  }
  const next = after + page.length;
  return ok(next < order.length ? { objects: page, next } : { objects: page });
};
