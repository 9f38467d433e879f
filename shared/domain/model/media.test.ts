import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Bytes, readDataUrl, textOfBase64, toDataUrl } from './media.ts';

describe('bytes in messages', () => {
  it('have the length and the text that Node finds in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = Buffer.from(text, 'utf8');
        const data = bytes.toString('base64');
        expect(base64Bytes(data)).toBe(bytes.length);
        expect(textOfBase64(data)).toBe(bytes.toString('utf8'));
        expect(readDataUrl(toDataUrl({ mediaType: 'text/plain', data }))).toEqual({ mediaType: 'text/plain', data });
      }),
    );
  });

  it.each(['abc', 'ab=c', '====', 'a b=', 'ab_-'])('are not %s', (data) => {
    expect(base64Bytes(data)).toBeUndefined();
    expect(textOfBase64(data)).toBeUndefined();
  });

  it('that are no UTF-8 are no text', () => {
    expect(textOfBase64(Buffer.from([0xff, 0xfe]).toString('base64'))).toBeUndefined();
  });

  it.each(['data:image/png,abc', 'image/png;base64,abcd', 'https://a.test/x,y', 'data:'])('no data URL: %s', (url) => {
    expect(readDataUrl(url)).toBeUndefined();
  });

  it('may have attributes, in any case', () => {
    expect(readDataUrl('DATA:Text/Plain;charset=utf-8;BASE64,QQ==')).toEqual({ mediaType: 'text/plain', data: 'QQ==' });
  });
});
