/**
 * The service behind `git clone`, `fetch` and `pull` (gitprotocol-pack, "Packfile Negotiation"; over HTTP every
 * request repeats what was agreed before, so nothing is kept between two of them).
 */

import type { RepositoryStore } from '../store.ts';
import { isObjectId } from '../../../shared/domain/repository/ref-name.ts';
import { parseCapabilities } from './capabilities.ts';
import { walkHistory } from './history.ts';
import type { ObjectDatabase } from './object-database.ts';
import { packPieces } from './pack-writer.ts';
import { flushPacket, packet, PacketReader, ProtocolError, sideBand } from './pkt-line.ts';
import { missingObjects } from './reachable-objects.ts';

const maximumLines = 100_000;

interface UploadRequest {
  readonly wants: readonly string[];
  readonly capabilities: ReadonlySet<string>;
  /** Rounds of what the client has, each ended by a flush; the last may be ended by `done` instead. */
  readonly rounds: readonly (readonly string[])[];
  readonly done: boolean;
}

/** The answer in pieces: the negotiation, then the pack when both sides have agreed. Throws `ProtocolError`. */
export function* uploadPack(store: RepositoryStore, objects: ObjectDatabase, body: Uint8Array): Generator<Uint8Array> {
  const request = parseRequest(body);
  if (request.wants.length === 0) return;
  for (const oid of request.wants) {
    if (objects.peel(oid) === undefined) throw new ProtocolError(`The repository does not have ${oid}`);
  }
  const negotiation = negotiate(objects, request);
  if (negotiation.answer.byteLength > 0) yield negotiation.answer;
  if (!negotiation.sendPack) return;
  const oids = missingObjects(objects, request.wants, negotiation.common);
  const bands = request.capabilities.has('side-band-64k') || request.capabilities.has('side-band');
  for (const piece of packPieces(store, oids)) yield bands ? sideBand(1, piece, largePackets(request)) : piece;
  if (bands) yield flushPacket;
}

const largePackets = (request: UploadRequest): boolean => request.capabilities.has('side-band-64k');

const parseRequest = (body: Uint8Array): UploadRequest => {
  const reader = new PacketReader(body);
  const wants: string[] = [];
  let capabilities: ReadonlySet<string> = new Set();
  const rounds: string[][] = [];
  let round: string[] = [];
  let wantsEnded = false;
  let lines = 0;
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    lines += 1;
    if (lines > maximumLines) throw new ProtocolError('The request has too many lines');
    if (next.type === 'flush') {
      if (wantsEnded) {
        rounds.push(round);
        round = [];
      }
      wantsEnded = true;
      continue;
    }
    if (next.text === 'done') return { wants, capabilities, rounds: [...rounds, round], done: true };
    // Not advertised, but harmless: whoever sends these gets the whole history.
    if (/^(?:shallow|deepen|deepen-since|deepen-not|filter) /u.test(next.text)) continue;
    const [word = '', oid = '', ...rest] = next.text.split(' ');
    if (!isObjectId(oid) || !(wantsEnded ? word === 'have' : word === 'want'))
      throw new ProtocolError(`The request has a line that is not understood: ${next.text.slice(0, 100)}`);
    if (wantsEnded) round.push(oid);
    else {
      wants.push(oid);
      if (wants.length === 1) capabilities = parseCapabilities(rest.join(' '));
    }
  }
  return { wants, capabilities, rounds: round.length > 0 ? [...rounds, round] : rounds, done: false };
};

/**
 * Answers each line of what the client has as its dialect asks (`multi_ack_detailed`, `multi_ack`, or neither).
 * As soon as everything wanted has an ancestor in common, the client is told to stop asking (`ready`).
 */
const negotiate = (
  objects: ObjectDatabase,
  request: UploadRequest,
): { readonly answer: Uint8Array; readonly sendPack: boolean; readonly common: readonly string[] } => {
  const detailed = request.capabilities.has('multi_ack_detailed');
  const multiple = detailed || request.capabilities.has('multi_ack');
  const answer: Uint8Array[] = [];
  const common: string[] = [];
  let ready = false;
  for (const [index, round] of request.rounds.entries()) {
    for (const oid of round) {
      if (objects.peel(oid) === undefined) continue;
      common.push(oid);
      if (multiple) answer.push(packet(`ACK ${oid} ${detailed ? 'common' : 'continue'}\n`));
      else if (common.length === 1) answer.push(packet(`ACK ${oid}\n`));
    }
    const last = index === request.rounds.length - 1;
    if (last && request.done) break;
    const newest = common.at(-1);
    if (detailed && newest !== undefined && !ready && reachesAll(objects, request.wants, common)) {
      ready = true;
      answer.push(packet(`ACK ${newest} ready\n`));
    }
    if (multiple || common.length === 0) answer.push(packet('NAK\n'));
    if (ready && request.capabilities.has('no-done')) {
      answer.push(packet(`ACK ${newest ?? ''}\n`));
      return { answer: Buffer.concat(answer), sendPack: true, common };
    }
  }
  if (request.done) {
    const newest = common.at(-1);
    if (newest === undefined) answer.push(packet('NAK\n'));
    else if (multiple) answer.push(packet(`ACK ${newest}\n`));
  }
  return { answer: Buffer.concat(answer), sendPack: request.done, common };
};

/** True when every wanted commit has a common one in its history: more questions could only save a little. */
const reachesAll = (objects: ObjectDatabase, wants: readonly string[], common: readonly string[]): boolean => {
  const known = new Set(common);
  return wants.every((want) => {
    const tip = objects.peel(want);
    if (tip === undefined) return false;
    for (const oid of walkHistory(objects, [tip])) if (known.has(oid)) return true;
    return false;
  });
};
