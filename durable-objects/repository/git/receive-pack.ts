/**
 * The service behind `git push` (gitprotocol-pack, "Pushing Data To a Server"). Objects and references change in one
 * transaction. Only what adds to the history is accepted: nothing is ever rewritten.
 */

import type { RepositoryEvent } from '../../../shared/domain/repository/events.ts';
import {
  isObjectId,
  mainBranch,
  referenceInTheWay,
  referenceNameProblem,
} from '../../../shared/domain/repository/ref-name.ts';
import { branchOf, branchReference } from '../branch-view.ts';
import type { RepositoryStore } from '../store.ts';
import { parseCapabilities } from './capabilities.ts';
import { isAncestor } from './history.ts';
import { IncomingObjects } from './incoming-objects.ts';
import { MalformedObject } from './object-format.ts';
import type { ObjectDatabase } from './object-database.ts';
import { readPack, type PackLimits } from './pack-reader.ts';
import { flushPacket, packet, PacketReader, ProtocolError, sideBand } from './pkt-line.ts';

/** What a push needs of the object. */
export interface PushContext {
  readonly store: RepositoryStore;
  readonly objects: ObjectDatabase;
  readonly transact: (work: () => void) => void;
  readonly emit: (event: RepositoryEvent) => void;
}

interface Update {
  readonly name: string;
  /** Null: is not there, or shall not be there. */
  readonly from: string | null;
  readonly to: string | null;
}

interface PushRequest {
  readonly updates: readonly Update[];
  readonly capabilities: ReadonlySet<string>;
  readonly pack: Uint8Array;
}

const limits: PackLimits = {
  maximumObjects: 200_000,
  maximumObjectBytes: 16 * 1024 * 1024,
  maximumTotalBytes: 256 * 1024 * 1024,
};
const maximumUpdates = 100;
const noObject = '0'.repeat(40);

/** Undoes the transaction of a push of which nothing was accepted. */
class NothingAccepted extends Error {}

/** Answers the report for the client, empty when it asked for none. Throws `ProtocolError`. */
export const receivePack = (context: PushContext, body: Uint8Array): Uint8Array => {
  const request = parseRequest(body);
  if (request.updates.length === 0) return new Uint8Array(0);
  const reasons = new Map<string, string | undefined>();
  let unpack = 'ok';
  try {
    context.transact(() => {
      if (request.updates.some((update) => update.to !== null)) takeObjects(context, request.pack);
      applyUpdates(context, request, reasons);
    });
  } catch (thrown) {
    if (thrown instanceof MalformedObject) {
      unpack = thrown.message;
      for (const { name } of request.updates) reasons.set(name, thrown.message);
    } else if (!(thrown instanceof NothingAccepted)) throw thrown;
  }
  return report(request, unpack, reasons);
};

const parseRequest = (body: Uint8Array): PushRequest => {
  const reader = new PacketReader(body);
  const updates: Update[] = [];
  let capabilities: ReadonlySet<string> = new Set();
  for (let next = reader.next(); next !== undefined && next.type === 'line'; next = reader.next()) {
    if (next.text.startsWith('shallow ')) continue;
    const [line = '', asked = ''] = next.text.split('\0');
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/su.exec(line);
    if (match === null) throw new ProtocolError(`The request has a line that is not understood: ${line.slice(0, 100)}`);
    const [, from = '', to = '', name = ''] = match;
    if (updates.length === 0) capabilities = parseCapabilities(asked);
    if (updates.some((update) => update.name === name)) throw new ProtocolError(`${name} is pushed twice`);
    updates.push({ name, from: from === noObject ? null : from, to: to === noObject ? null : to });
    if (updates.length > maximumUpdates)
      throw new ProtocolError(`More than ${maximumUpdates} references at once. Push them in parts`);
  }
  return { updates, capabilities, pack: reader.rest() };
};

const takeObjects = (context: PushContext, pack: Uint8Array): void => {
  // Without new objects some clients send no pack at all.
  if (pack.byteLength === 0) return;
  const incoming = new IncomingObjects(context.objects);
  readPack(pack, incoming, limits);
  incoming.finish();
};

/** Throws `NothingAccepted` when no update stands, so that the pushed objects go away again. */
const applyUpdates = (context: PushContext, request: PushRequest, reasons: Map<string, string | undefined>): void => {
  const accepted: Update[] = [];
  for (const update of request.updates) {
    const reason = refusal(context, update);
    reasons.set(update.name, reason);
    if (reason !== undefined) continue;
    if (update.to === null) context.store.deleteReference(update.name);
    else context.store.setReference(update.name, update.to);
    accepted.push(update);
  }
  if (request.capabilities.has('atomic') && accepted.length < request.updates.length) {
    for (const { name } of accepted) reasons.set(name, 'atomic push failed: another reference was refused');
    throw new NothingAccepted();
  }
  if (accepted.length === 0) throw new NothingAccepted();
  context.emit({ type: 'repository.pushed', references: accepted });
};

/** Why the update is refused, as git shows it in brackets behind the reference; undefined when it is accepted. */
const refusal = (context: PushContext, update: Update): string | undefined => {
  const { store } = context;
  const problem = referenceNameProblem(update.name);
  if (problem !== undefined) return problem;
  const current = store.reference(update.name);
  if ((current?.oid ?? null) !== update.from) return 'fetch first: the reference has moved since you looked';
  const branch = branchOf(update.name);
  if (branch !== undefined && store.workingChanges(branch).length > 0)
    return 'an agent works on this branch and has uncommitted changes';
  if (update.to === null) return deletionRefusal(update);
  return current === undefined ? creationRefusal(context, update.name, update.to) : moveRefusal(context, update);
};

const deletionRefusal = (update: Update): string | undefined => {
  if (update.from === null) return 'there is no such reference';
  return update.name === branchReference(mainBranch) ? 'the main branch cannot be deleted' : undefined;
};

const creationRefusal = (context: PushContext, name: string, to: string): string | undefined => {
  const names = context.store.references().map((reference) => reference.name);
  const other = referenceInTheWay(name, names);
  return other === undefined ? targetRefusal(context, name, to) : `cannot be there beside ${other}`;
};

const moveRefusal = (context: PushContext, { name, from, to }: Update): string | undefined => {
  if (from === null || to === null) return 'there is nothing to move';
  const target = targetRefusal(context, name, to);
  if (target !== undefined) return target;
  if (branchOf(name) === undefined) return 'the tag exists already';
  return isAncestor(context.objects, from, to) ? undefined : 'non-fast-forward: fetch, merge, and push again';
};

const targetRefusal = (context: PushContext, name: string, to: string): string | undefined => {
  if (!isObjectId(to) || context.objects.kind(to) === undefined) return 'the push lacks the object';
  if (branchOf(name) !== undefined)
    return context.objects.kind(to) === 'commit' ? undefined : 'a branch must point at a commit';
  return context.objects.peel(to) === undefined ? 'a tag must point at a commit' : undefined;
};

const report = (request: PushRequest, unpack: string, reasons: ReadonlyMap<string, string | undefined>): Uint8Array => {
  if (!request.capabilities.has('report-status')) return new Uint8Array(0);
  const lines = [packet(`unpack ${unpack}\n`)];
  for (const [name, reason] of reasons)
    lines.push(packet(reason === undefined ? `ok ${name}\n` : `ng ${name} ${reason}\n`));
  const status = Buffer.concat([...lines, flushPacket]);
  return request.capabilities.has('side-band-64k') ? Buffer.concat([sideBand(1, status), flushPacket]) : status;
};
