const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Base64 of bytes (RFC 4648, section 4), with padding. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let start = 0; start < bytes.length; start += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(start, start + 3);
    const group = (first << 16) | (second << 8) | third;
    const left = bytes.length - start;
    text += digits.charAt(group >>> 18) + digits.charAt((group >>> 12) & 63);
    text += left > 1 ? digits.charAt((group >>> 6) & 63) : '=';
    text += left > 2 ? digits.charAt(group & 63) : '=';
  }
  return text;
};

/** The text as UTF-8; lone surrogates become U+FFFD. */
export const utf8Bytes = (text: string): Uint8Array => {
  const bytes: number[] = [];
  for (const [, escape, letter = ''] of encodeURIComponent(text.toWellFormed()).matchAll(/%(..)|([^%])/g)) {
    bytes.push(escape === undefined ? letter.charCodeAt(0) : Number.parseInt(escape, 16));
  }
  return Uint8Array.from(bytes);
};
