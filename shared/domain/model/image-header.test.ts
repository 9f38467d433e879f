import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readImageHeader } from './image-header.ts';
import { firstBytes } from './media.ts';

/** Files as programs make them, as short as they may be. */
const images = {
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  gif: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  lossy: 'UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA',
  lossless: 'UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==',
};

const read = (data: string) => readImageHeader(firstBytes(data, 64));

describe('the header of an image', () => {
  it.each([
    [images.png, 'PNG'],
    [images.gif, 'GIF'],
    [images.lossy, 'WebP'],
    [images.lossless, 'WebP'],
  ])('tells format and size: %s', (data, format) => {
    expect(read(data)).toEqual({ format, width: 1, height: 1 });
  });

  it('tells those of a photograph behind other segments, and of one that is cut off only what it is', () => {
    const jpeg = Uint8Array.of(
      0xff,
      0xd8,
      0xff,
      0xe0,
      0,
      4,
      1,
      2,
      0xff,
      0xc2,
      0,
      11,
      8,
      0x02,
      0x58,
      0x03,
      0x20,
      1,
      1,
      0x11,
      0,
    );
    expect(readImageHeader(jpeg)).toEqual({ format: 'JPEG', width: 800, height: 600 });
    expect(readImageHeader(jpeg.subarray(0, 12))).toEqual({ format: 'JPEG' });
    expect(readImageHeader(new TextEncoder().encode('%PDF-1.7'))).toBeUndefined();
  });

  it('is read of any bytes', () => {
    const starts = fc.constantFrom([0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47], [0x47, 0x49, 0x46, 0x38], []);
    fc.assert(
      fc.property(starts, fc.uint8Array(), (start, rest) => {
        const found = readImageHeader(Uint8Array.of(...start, ...rest));
        expect(found === undefined || Number.isInteger(found.width ?? 0)).toBe(true);
      }),
    );
  });
});
