/** The first answer of both services (gitprotocol-http, "Smart Server Response"; protocol version 0). */

import { branchReference } from '../branch-view.ts';
import type { RepositoryStore } from '../store.ts';
import { mainBranch } from '../../../shared/domain/repository/ref-name.ts';
import { receivePackCapabilities, uploadPackCapabilities } from './capabilities.ts';
import { decodeTag } from './object-format.ts';
import type { ObjectDatabase } from './object-database.ts';
import { flushPacket, packet } from './pkt-line.ts';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

const noObject = '0'.repeat(40);

/** References with what the service can do; an empty repository has none to show but still says so. */
export const advertise = (store: RepositoryStore, objects: ObjectDatabase, service: GitService): Uint8Array => {
  const references = store.references();
  const main = references.find((reference) => reference.name === branchReference(mainBranch));
  const lines: string[] = [];
  if (service === 'git-upload-pack' && main !== undefined) lines.push(`${main.oid} HEAD`);
  for (const { name, oid } of references) {
    lines.push(`${oid} ${name}`);
    if (service === 'git-upload-pack' && objects.kind(oid) === 'tag')
      lines.push(`${decodeTag(objects.content(oid, 'tag')).target} ${name}^{}`);
  }
  if (lines.length === 0) lines.push(`${noObject} capabilities^{}`);
  const capabilities =
    service === 'git-receive-pack'
      ? receivePackCapabilities
      : [...uploadPackCapabilities, `symref=HEAD:${branchReference(mainBranch)}`];
  return Buffer.concat([
    packet(`# service=${service}\n`),
    flushPacket,
    ...lines.map((line, index) => packet(index === 0 ? `${line}\0${capabilities.join(' ')}\n` : `${line}\n`)),
    flushPacket,
  ]);
};
