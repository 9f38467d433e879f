/** Git's framing of lines (gitprotocol-common, "pkt-line"): four hexadecimal digits of length, then the content. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Longest packet with its four digits of length. */
const maximumPacketBytes = 65_520;

/** Ends a section. */
export const flushPacket: Uint8Array = encoder.encode('0000');

/** The bytes are not what git's protocol says; the message is for the person at the other end. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** One packet. */
export const packet = (content: string | Uint8Array): Uint8Array => {
  const bytes = typeof content === 'string' ? encoder.encode(content) : content;
  const length = (bytes.byteLength + 4).toString(16).padStart(4, '0');
  return Buffer.concat([encoder.encode(length), bytes]);
};

/** Longest packet for clients that know `side-band` but not `side-band-64k`. */
const smallPacketBytes = 1000;

/** Packets of one side band (1 data, 2 progress, 3 fatal error), as many as the content needs. */
export const sideBand = (band: 1 | 2 | 3, content: Uint8Array, large = true): Uint8Array => {
  const room = (large ? maximumPacketBytes : smallPacketBytes) - 5;
  const packets: Uint8Array[] = [];
  for (let start = 0; start < content.byteLength; start += room)
    packets.push(packet(Buffer.concat([Uint8Array.of(band), content.subarray(start, start + room)])));
  return Buffer.concat(packets);
};

/** A line without its line feed, or the flush between two sections. */
export type Packet = { readonly type: 'line'; readonly text: string } | { readonly type: 'flush' };

/** Reads packets one after the other; what follows them (a pack) is `rest`. */
export class PacketReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Undefined at the end. Throws `ProtocolError` for a packet that is malformed or cut off. */
  next(): Packet | undefined {
    if (this.#position === this.#bytes.byteLength) return undefined;
    const digits = decoder.decode(this.#bytes.subarray(this.#position, this.#position + 4));
    const length = /^[0-9a-f]{4}$/iu.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
    if (length === 0) {
      this.#position += 4;
      return { type: 'flush' };
    }
    const end = this.#position + length;
    if (!(length >= 4 && length <= maximumPacketBytes) || end > this.#bytes.byteLength)
      throw new ProtocolError('The request is not valid git protocol: bad packet length');
    const text = decoder.decode(this.#bytes.subarray(this.#position + 4, end));
    this.#position = end;
    return { type: 'line', text: text.endsWith('\n') ? text.slice(0, -1) : text };
  }

  /** Everything after the packets read so far. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#position);
  }
}
