/** Packs and pushes made by hand, so that they can be wrong in every way. */

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { encodeCommit, encodeTree, hashObject, type ObjectKind, type TreeEntry } from '../git/object-format.ts';
import { flushPacket, packet } from '../git/pkt-line.ts';
import { repository } from './repository.ts';

export const noObject = '0'.repeat(40);

export interface Entry {
  readonly type: number;
  readonly content: Uint8Array;
  /** What the header says; the true size unless told. */
  readonly sizeBytes?: number;
  /** The base of a delta: 20 bytes of id, or a distance. */
  readonly base?: Uint8Array;
}

export interface Made {
  readonly oid: string;
  readonly entry: Entry;
}

const typeOf = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;

export const made = (kind: ObjectKind, content: Uint8Array | string): Made => {
  const bytes = Buffer.from(content);
  return { oid: hashObject(kind, bytes), entry: { type: typeOf[kind], content: bytes } };
};

export const madeTree = (entries: readonly TreeEntry[]): Made => made('tree', encodeTree(entries));

/** A tree entry as raw bytes, whatever its mode and name. */
export const rawEntry = (mode: string, name: string, oid: string): Uint8Array =>
  Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]);

export const madeCommit = (tree: string, parents: readonly string[], message = 'Pushed\n'): Made => {
  const identity = { name: 'Eve', email: 'eve@example.com', atSeconds: 1_800_000_000, zone: '+0100' };
  return made('commit', encodeCommit({ tree, parents, author: identity, committer: identity, message }));
};

const sizeHeader = (type: number, sizeBytes: number): readonly number[] => {
  const bytes: number[] = [];
  let byte = (type << 4) | (sizeBytes & 15);
  for (let rest = Math.floor(sizeBytes / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push(byte | 0x80);
    byte = rest % 128;
  }
  return [...bytes, byte];
};

const deflatedOnce = (known: Map<Uint8Array, Uint8Array>, content: Uint8Array): Uint8Array => {
  const result = known.get(content) ?? deflateSync(content);
  known.set(content, result);
  return result;
};

export const packOf = (entries: readonly Entry[], count = entries.length): Uint8Array => {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(count, 8);
  // The same content over and over, as in a bomb, is compressed once.
  const deflated = new Map<Uint8Array, Uint8Array>();
  const bodies = entries.map((entry) =>
    Buffer.concat([
      Uint8Array.from(sizeHeader(entry.type, entry.sizeBytes ?? entry.content.byteLength)),
      entry.base ?? new Uint8Array(0),
      deflatedOnce(deflated, entry.content),
    ]),
  );
  const body = Buffer.concat([header, ...bodies]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
};

/** Sends bytes to one of the three forms of URL. */
export const send = (
  name: string,
  path: string,
  options: {
    readonly method?: string;
    readonly body?: Uint8Array;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Response> => {
  const { method = 'POST', body, headers = {} } = options;
  const service = path.slice(1);
  return repository(name).fetch(
    new Request(`https://repository${path}`, {
      method,
      headers: method === 'POST' ? { 'content-type': `application/x-${service}-request`, ...headers } : headers,
      ...(body === undefined ? {} : { body }),
    }),
  );
};

/** The body as text, whatever its content type says. */
export const textOf = async (response: Response): Promise<string> =>
  Buffer.from(await response.arrayBuffer()).toString('utf8');

/** What the server reports of a push, as text. */
export const push = async (
  name: string,
  updates: readonly (readonly [reference: string, from: string, to: string])[],
  pack: Uint8Array,
  capabilities = 'report-status',
): Promise<string> => {
  const lines = updates.map(([reference, from, to], index) =>
    packet(`${from} ${to} ${reference}${index === 0 ? `\0${capabilities}` : ''}\n`),
  );
  const response = await send(name, '/git-receive-pack', { body: Buffer.concat([...lines, flushPacket, pack]) });
  const text = await textOf(response);
  return response.ok ? text : `${response.status} ${text}`;
};
