/** Bytes that travel inside of messages: base64 (RFC 4648, section 4) and data URLs (RFC 2397). */

const sextets: ReadonlyMap<string, number> = new Map(
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', (letter, value) => [letter, value]),
);
const escapes: readonly string[] = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).padStart(2, '0')}`);

const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;

/** How many bytes the text stands for; undefined when it is no padded base64. */
export const base64Bytes = (data: string): number | undefined => {
  if (data.length % 4 !== 0 || !base64Pattern.test(data)) return undefined;
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return (data.length / 4) * 3 - padding;
};

/** The first bytes that the base64 stands for, at most `most` of them; letters that are none of its alphabet count as 0. */
export const firstBytes = (data: string, most: number): Uint8Array => {
  const all = base64Bytes(data) ?? 0;
  const bytes = new Uint8Array(Math.min(all, most));
  for (let index = 0; index < bytes.length; index += 1) {
    const place = Math.floor(index / 3) * 4 + (index % 3);
    const high = sextets.get(data[place] ?? '') ?? 0;
    const low = sextets.get(data[place + 1] ?? '') ?? 0;
    bytes[index] = ((high << (2 * (index % 3) + 2)) | (low >> (4 - 2 * (index % 3)))) & 0xff;
  }
  return bytes;
};

/** The UTF-8 text that the base64 stands for; undefined when it is none. */
export const textOfBase64 = (data: string): string | undefined => {
  if (base64Bytes(data) === undefined) return undefined;
  let escaped = '';
  let bits = 0;
  let count = 0;
  for (const letter of data) {
    bits = ((bits << 6) | (sextets.get(letter) ?? 0)) & 0xffff;
    count += 6;
    if (letter === '=') break;
    if (count < 8) continue;
    count -= 8;
    escaped += escapes[(bits >> count) & 0xff] ?? '';
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
};

/** A data URL with base64; undefined for every other text. The data is not looked at. */
export const readDataUrl = (url: string): { readonly mediaType: string; readonly data: string } | undefined => {
  const comma = url.indexOf(',');
  if (comma < 0 || comma > 200 || !/^data:/i.test(url)) return undefined;
  const [mediaType = '', ...attributes] = url.slice('data:'.length, comma).toLowerCase().split(';');
  if (attributes.at(-1) !== 'base64') return undefined;
  return { mediaType: mediaType === '' ? 'text/plain' : mediaType, data: url.slice(comma + 1) };
};

/** The data URL of these bytes. */
export const toDataUrl = ({ mediaType, data }: { readonly mediaType: string; readonly data: string }): string =>
  `data:${mediaType};base64,${data}`;
