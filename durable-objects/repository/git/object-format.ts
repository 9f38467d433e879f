/**
 * Git's four kinds of objects as bytes (gitformat-pack, git-hash-object): hashing, and strict parsing that refuses
 * what `git fsck --strict` would refuse, so that nothing malformed ever enters the database.
 */

import { createHash } from 'node:crypto';
import { treeMode, treeOrderKey, type TreeMode } from './tree-mode.ts';
import { isObjectId } from '../../../shared/domain/repository/ref-name.ts';

export type ObjectKind = 'commit' | 'tree' | 'blob' | 'tag';

/** The object is not what git's format says; the message tells which rule it breaks. */
export class MalformedObject extends Error {
  override readonly name = 'MalformedObject';
}

export interface TreeEntry {
  readonly name: string;
  readonly mode: TreeMode;
  readonly oid: string;
}

interface Identity {
  readonly name: string;
  readonly email: string;
  readonly atSeconds: number;
  /** As git writes it, for example `+0000`. */
  readonly zone: string;
}

export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Identity;
  readonly committer: Identity;
  readonly message: string;
}

const encoder = new TextEncoder();
const lenientDecoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The object's name: SHA-1 over its header and content. */
export const hashObject = (kind: ObjectKind, content: Uint8Array): string =>
  createHash('sha1').update(`${kind} ${content.byteLength}\0`).update(content).digest('hex');

/** Entries in any order; they are written in git's order. */
export const encodeTree = (entries: readonly TreeEntry[]): Uint8Array => {
  const keyed = entries.map((entry) => ({ entry, key: treeOrderKey(entry) }));
  keyed.sort((a, b) => Buffer.compare(a.key, b.key));
  return Buffer.concat(
    keyed.flatMap(({ entry }) => [
      Buffer.from(`${treeMode.toText(entry.mode)} ${entry.name}\0`),
      Buffer.from(entry.oid, 'hex'),
    ]),
  );
};

/** The entries, in git's order. Throws `MalformedObject`, also for a mode that is not kept here. */
export const decodeTree = (content: Uint8Array): readonly TreeEntry[] => {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const entries: TreeEntry[] = [];
  let position = 0;
  let lastKey: Buffer | undefined;
  while (position < bytes.length) {
    const space = bytes.indexOf(0x20, position);
    const end = bytes.indexOf(0, space);
    if (space === -1 || end === -1 || end + 21 > bytes.length) throw new MalformedObject('a tree entry is cut off');
    const name = decodeName(bytes.subarray(space + 1, end));
    const modeText = bytes.toString('latin1', position, Math.min(space, position + 12));
    const mode = treeMode.fromText(modeText);
    if (mode === undefined) throw new MalformedObject(treeMode.refusal(modeText, name));
    const entry = { name, mode, oid: bytes.toString('hex', end + 1, end + 21) };
    const key = treeOrderKey(entry);
    if (lastKey !== undefined && Buffer.compare(lastKey, key) >= 0)
      throw new MalformedObject(`tree entries are not in order at ${JSON.stringify(name)}`);
    lastKey = key;
    entries.push(entry);
    position = end + 21;
  }
  return entries;
};

const decodeName = (bytes: Uint8Array): string => {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new MalformedObject('a file name is not UTF-8');
  }
};

const identityText = (identity: Identity): string =>
  `${identity.name} <${identity.email}> ${identity.atSeconds} ${identity.zone}`;

/** A commit without extra headers. The message is written as it is. */
export const encodeCommit = (commit: Commit): Uint8Array =>
  encoder.encode(
    [
      `tree ${commit.tree}\n`,
      ...commit.parents.map((parent) => `parent ${parent}\n`),
      `author ${identityText(commit.author)}\n`,
      `committer ${identityText(commit.committer)}\n`,
      `\n${commit.message}`,
    ].join(''),
  );

/** Throws `MalformedObject`. Extra headers (signatures, encoding) are kept in the object but not shown. */
export const decodeCommit = (content: Uint8Array): Commit => {
  const { headers, message } = decodeHeaders(content, 'commit');
  const cursor = headers[Symbol.iterator]();
  const tree = expectOid(cursor.next().value, 'tree');
  const parents: string[] = [];
  let header = cursor.next().value;
  while (header?.key === 'parent') {
    parents.push(expectOid(header, 'parent'));
    header = cursor.next().value;
  }
  const author = expectIdentity(header, 'author');
  const committer = expectIdentity(cursor.next().value, 'committer');
  return { tree, parents, author, committer, message };
};

/** What an annotated tag points at. Throws `MalformedObject`. */
export const decodeTag = (content: Uint8Array): { readonly target: string; readonly kind: ObjectKind } => {
  const { headers } = decodeHeaders(content, 'tag');
  const target = expectOid(headers[0], 'object');
  const kind = headers[1]?.key === 'type' ? headers[1].value : '';
  if (!isObjectKind(kind)) throw new MalformedObject('a tag has no valid type');
  if (headers[2]?.key !== 'tag') throw new MalformedObject('a tag has no name');
  return { target, kind };
};

/** True for the four words git uses. */
export const isObjectKind = (text: string): text is ObjectKind =>
  text === 'commit' || text === 'tree' || text === 'blob' || text === 'tag';

interface Header {
  readonly key: string;
  readonly value: string;
}

const decodeHeaders = (content: Uint8Array, what: string): { headers: readonly Header[]; message: string } => {
  const text = lenientDecoder.decode(content);
  const blank = text.indexOf('\n\n');
  // A tag or commit without a message may end after its last header.
  const head = blank === -1 ? text.replace(/\n$/u, '') : text.slice(0, blank);
  if (head.includes('\0')) throw new MalformedObject(`a ${what} has a NUL in its header`);
  const headers: Header[] = [];
  for (const line of head.split('\n')) {
    // A line that begins with a space continues the header above it (signatures).
    if (line.startsWith(' ')) continue;
    const space = line.indexOf(' ');
    headers.push({ key: space === -1 ? line : line.slice(0, space), value: space === -1 ? '' : line.slice(space + 1) });
  }
  return { headers, message: blank === -1 ? '' : text.slice(blank + 2) };
};

const expectOid = (header: Header | undefined, key: string): string => {
  if (header?.key !== key || !isObjectId(header.value)) throw new MalformedObject(`a valid "${key}" line is missing`);
  return header.value;
};

const expectIdentity = (header: Header | undefined, key: string): Identity => {
  const match = /^([^<>]*)<([^<>]*)> (\d{1,12}) ([+-]\d{4})$/u.exec(header?.value ?? '');
  if (header?.key !== key || match === null) throw new MalformedObject(`a valid "${key}" line is missing`);
  const [, name = '', email = '', atSeconds = '0', zone = '+0000'] = match;
  return { name: name.trim(), email, atSeconds: Number(atSeconds), zone };
};
